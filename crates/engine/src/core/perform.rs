//! Effects, done outside the loop. What comes of each returns as a finding.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use providers::{Ask, ErrorKind, Operation, Provider, ProviderError};

use super::sandboxes::sandbox_credentials;
use super::visit::{Owner, Visit};
use super::{Core, records};
use crate::effect::{Effect, Finding, SecretsFor};

/// A call does not wait longer to know whom its endpoint rings: gestures grow old.
const ENDPOINT_KNOWN_WITHIN: Duration = Duration::from_secs(4);

impl Core {
    pub(crate) fn perform_all(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        let seams = self.seams.clone();
        match effect {
            Effect::Commit { entries, then } => {
                // Begun here, so that commits reach the one writer in the order of the effects.
                let done = self.seams.journal.begin(entries);
                self.spawn(async move {
                    Finding::Committed {
                        then,
                        result: done.await,
                    }
                });
            }
            Effect::LoadSecrets { account, wanted_by } => self.load_secrets(account, wanted_by),
            Effect::Dial {
                call,
                provider,
                request,
            } => {
                let contact = self.calls.get(&call).and_then(|record| record.contact.as_ref());
                if let Some(contact) = contact {
                    self.contacts.called(&contact.id, self.now());
                }
                self.spawn(async move {
                    let result = seams.transport.send(*request).await;
                    Finding::Dialled {
                        call,
                        answer: provider.read_call_answer(result),
                    }
                });
            }
            Effect::SignInAgain { account, provider } => self.visit(&account, provider, |visit| async move {
                let (gathered, provider) = visit.begin().await;
                let signed_in = visit.sign_in(provider.as_ref(), gathered.credentials).await;
                Finding::SignedIn {
                    account: visit.owner.id.clone(),
                    result: signed_in.map(|_| ()),
                }
            }),
            Effect::EndCall {
                call,
                account,
                provider,
                end,
            } => self.visit(&account, provider, |visit| async move {
                let answer = visit.end_call(&end).await;
                Finding::Ended { call, answer }
            }),
            Effect::Poll { account, provider } => self.visit(&account.clone(), provider, |visit| async move {
                let visited = visit
                    .read(&(), |(), provider, with, by| provider.live_calls(with, by))
                    .await;
                Finding::Polled {
                    account,
                    places: visited.places,
                    result: visited.result,
                }
            }),
            Effect::LookAtRecords {
                account,
                provider,
                call,
                customer,
                query,
            } => self.visit(&account.clone(), provider, |visit| async move {
                let result = records::look(&visit, *query, customer.as_ref()).await;
                Finding::RecordsRead { account, call, result }
            }),
            Effect::Test {
                account,
                provider,
                answer,
            } => self.visit(&account.clone(), provider, |visit| async move {
                let visited = visit.read(&(), |(), provider, with, by| provider.test(with, by)).await;
                Finding::Tested {
                    account,
                    result: visited.result,
                    answer,
                }
            }),
            Effect::ListDids {
                account,
                provider,
                answer,
            } => self.visit(&account.clone(), provider, |visit| async move {
                let visited = visit.read(&(), |(), provider, with, by| provider.dids(with, by)).await;
                Finding::DidsListed {
                    account,
                    result: visited.result,
                    answer,
                }
            }),
            Effect::ListAgents {
                account,
                provider,
                answer,
            } => self.visit(&account.clone(), provider, |visit| async move {
                let visited = visit
                    .read(&(), |(), provider, with, by| provider.agents(with, by))
                    .await;
                Finding::AgentsListed {
                    account,
                    result: visited.result,
                    answer,
                }
            }),
            Effect::Ask {
                account,
                provider,
                ask,
                answer,
            } => self.visit(&account.clone(), provider, |visit| async move {
                let visited = if ask.is_read() {
                    visit
                        .read(&*ask, |ask, provider, with, by| provider.ask(ask, with, by))
                        .await
                } else {
                    visit
                        .order(&*ask, |ask, provider, with, by| provider.ask(ask, with, by))
                        .await
                };
                Finding::Told {
                    account,
                    result: visited.result,
                    answer,
                }
            }),
            Effect::PushCallback {
                callback,
                account,
                provider,
                draft,
            } => self.visit(&account.clone(), provider, |visit| async move {
                let ask = Ask::Schedule(*draft);
                let visited = visit
                    .order(&ask, |ask, provider, with, by| provider.ask(ask, with, by))
                    .await;
                Finding::CallbackPushed {
                    callback,
                    account,
                    result: visited.result,
                }
            }),
            Effect::LookAtCopy {
                callback,
                account,
                provider,
                ask,
                wish,
                answer,
            } => self.visit(&account, provider, |visit| async move {
                let visited = visit
                    .read(&*ask, |ask, provider, with, by| provider.ask(ask, with, by))
                    .await;
                Finding::CopySeen {
                    callback,
                    result: visited.result,
                    wish,
                    answer,
                }
            }),
            Effect::LookAtEndpoint {
                account,
                provider,
                ask,
                request,
                gesture,
                asker,
                answer,
            } => self.visit(&account, provider.clone(), move |visit| async move {
                let kind = provider.kind();
                let looked = visit.read(&*ask, |ask, provider, with, by| provider.ask(ask, with, by));
                let result = match tokio::time::timeout(ENDPOINT_KNOWN_WITHIN, looked).await {
                    Ok(visited) => visited.result,
                    Err(_elapsed) => Err(ProviderError::new(ErrorKind::Unreachable, Operation::Endpoints, kind)),
                };
                Finding::EndpointSeen {
                    provider,
                    result,
                    request,
                    gesture,
                    asker,
                    answer,
                }
            }),
            Effect::Emit(event) => self.tell(event),
            Effect::Pop { call, reached } => self.pop(&call, &reached),
            Effect::Launch { pop, launch, answer } => self.spawn(async move {
                Finding::Launched {
                    pop,
                    result: seams.launcher.launch(launch).await,
                    answer,
                }
            }),
            Effect::Answer(answer, result) => {
                // A face that has gone away does not want its answer any more.
                let _ = answer.send(result);
            }
            Effect::AnswerHook(hook, answer) => {
                // The sender may have given up; the fact is durable all the same.
                let _ = hook.send(answer);
            }
        }
    }

    /// Fetches an account's secrets; for a call it also signs in.
    fn load_secrets(&self, account: String, wanted_by: SecretsFor) {
        let Some(owner) = self.owner(&account) else { return };
        let provider = self
            .accounts
            .by_id(&account)
            .and_then(|found| found.provider.clone().ok());
        let seams = self.seams.clone();
        let origins = providers::origins(owner.settings.kind, &owner.settings.values);
        self.spawn(async move {
            let (gathered, refused) = match (provider, &wanted_by) {
                (Some(provider), SecretsFor::Call(_)) => {
                    let visit = Visit { seams, owner, provider };
                    let (mut gathered, provider) = visit.begin().await;
                    let signed_in = visit.sign_in(provider.as_ref(), gathered.credentials.clone()).await;
                    let refused = match signed_in {
                        Ok(credentials) => {
                            gathered.credentials = credentials;
                            None
                        }
                        Err(error) => Some(error),
                    };
                    (gathered, refused)
                }
                (_, SecretsFor::Call(_) | SecretsFor::Look(_)) => {
                    let fields: Vec<&str> = owner.fields.iter().map(String::as_str).collect();
                    (seams.secrets.gather(owner.as_secret_owner(), &fields).await, None)
                }
            };
            Finding::Secrets {
                account,
                wanted_by,
                gathered,
                origins,
                refused,
            }
        });
    }

    /// Does work beside the loop.
    pub(crate) fn spawn(&self, work: impl Future<Output = Finding> + Send + 'static) {
        let findings = self.findings.clone();
        tokio::spawn(async move {
            // After the end of the loop nobody waits for findings.
            let _ = findings.send(work.await);
        });
    }

    /// Does work beside the loop that asks an account's provider.
    fn visit<F>(&self, account_id: &str, provider: Arc<dyn Provider>, work: impl FnOnce(Visit) -> F + Send + 'static)
    where
        F: Future<Output = Finding> + Send + 'static,
    {
        let Some(owner) = self.owner(account_id) else { return };
        let seams = self.seams.clone();
        self.spawn(async move { work(Visit { seams, owner, provider }).await });
    }

    /// Whose secrets an account's are.
    pub(super) fn owner(&self, account_id: &str) -> Option<Owner> {
        let account = self.accounts.by_id(account_id)?;
        Some(Owner {
            name: account.config.name.clone(),
            id: account.config.id.clone(),
            fields: account.secret_fields(),
            sandbox: account.is_sandbox().then(|| sandbox_credentials(account)),
            settings: account.played_settings(),
        })
    }
}
