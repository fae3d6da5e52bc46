//! Effects, done outside the loop. What comes of each returns as a finding.

use std::collections::BTreeMap;
use std::future::Future;

use providers::Credentials;

use super::{Core, Seams, sandbox_credentials};
use crate::effect::{Effect, Finding};
use crate::secrets::{GatheredSecrets, SecretOwner};

/// Whose secrets an effect needs, without a hold on the desk.
struct Owner {
    name: String,
    id: String,
    fields: Vec<String>,
    sandbox: Option<Credentials>,
}

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
            Effect::LoadSecrets { account, wanted_by } => {
                self.with_secrets(&account.clone(), |gathered| async move {
                    Finding::Secrets {
                        account,
                        wanted_by,
                        gathered,
                    }
                });
            }
            Effect::Dial {
                call,
                provider,
                request,
            } => self.spawn(async move {
                let result = seams.transport.send(*request).await;
                Finding::Dialled {
                    call,
                    answer: provider.read_call_answer(result),
                }
            }),
            Effect::EndCall {
                call,
                account,
                provider,
                end,
            } => {
                self.with_secrets(&account, |gathered| async move {
                    let answer = provider
                        .end_call(&end, &gathered.credentials, seams.transport.as_ref())
                        .await;
                    Finding::Ended { call, answer }
                });
            }
            Effect::Poll { account, provider } => {
                self.with_secrets(&account.clone(), |gathered| async move {
                    let result = provider
                        .live_calls(&gathered.credentials, seams.transport.as_ref())
                        .await;
                    Finding::Polled {
                        account,
                        places: gathered.places,
                        result,
                    }
                });
            }
            Effect::Test {
                account,
                provider,
                answer,
            } => {
                self.with_secrets(&account.clone(), |gathered| async move {
                    let result = provider.test(&gathered.credentials, seams.transport.as_ref()).await;
                    Finding::Tested {
                        account,
                        result,
                        answer,
                    }
                });
            }
            Effect::ListDids {
                account,
                provider,
                answer,
            } => {
                self.with_secrets(&account.clone(), |gathered| async move {
                    let result = provider.dids(&gathered.credentials, seams.transport.as_ref()).await;
                    Finding::DidsListed {
                        account,
                        result,
                        answer,
                    }
                });
            }
            Effect::ListAgents {
                account,
                provider,
                answer,
            } => {
                self.with_secrets(&account.clone(), |gathered| async move {
                    let result = provider.agents(&gathered.credentials, seams.transport.as_ref()).await;
                    Finding::AgentsListed {
                        account,
                        result,
                        answer,
                    }
                });
            }
            Effect::Emit(event) => {
                // Nobody listening is fine: each face takes a snapshot when it mounts.
                let _ = self.events.send(event);
            }
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

    /// Does work beside the loop.
    pub(crate) fn spawn(&self, work: impl Future<Output = Finding> + Send + 'static) {
        let findings = self.findings.clone();
        tokio::spawn(async move {
            // After the end of the loop nobody waits for findings.
            let _ = findings.send(work.await);
        });
    }

    /// Does work beside the loop that needs an account's secrets.
    fn with_secrets<F>(&self, account_id: &str, work: impl FnOnce(GatheredSecrets) -> F + Send + 'static)
    where
        F: Future<Output = Finding> + Send + 'static,
    {
        let Some(account) = self.accounts.by_id(account_id) else {
            return;
        };
        let owner = Owner {
            name: account.config.name.clone(),
            id: account.config.id.clone(),
            fields: account.secret_fields(),
            sandbox: account.is_sandbox().then(|| sandbox_credentials(account)),
        };
        let seams = self.seams.clone();
        self.spawn(async move { work(gather(&seams, &owner).await).await });
    }
}

async fn gather(seams: &Seams, owner: &Owner) -> GatheredSecrets {
    if let Some(credentials) = &owner.sandbox {
        return GatheredSecrets {
            credentials: credentials.clone(),
            places: BTreeMap::new(),
            problem: None,
        };
    }
    let fields: Vec<&str> = owner.fields.iter().map(String::as_str).collect();
    seams
        .secrets
        .gather(
            SecretOwner {
                name: &owner.name,
                id: &owner.id,
            },
            &fields,
        )
        .await
}
