//! The exchanges of sandbox accounts: started with the account, ended with the engine.

use providers::Credentials;

use super::Core;
use crate::desks::accounts::Account;
use crate::effect::Finding;
use crate::sandbox;
use crate::view::Event;

impl Core {
    /// Starts the exchange of a sandbox account; for any other account there is nothing to do.
    pub(crate) fn start_sandbox(&self, account_id: &str) {
        let Some(account) = self.accounts.by_id(account_id).filter(|account| account.is_sandbox()) else {
            return;
        };
        let (config, played) = (account.config.clone(), account.played);
        let hook = self.local_hook_of(account);
        self.spawn(async move {
            let result = sandbox::start(&config, played, hook)
                .await
                .map_err(|error| error.to_string());
            Finding::SandboxStarted {
                account: config.id,
                result,
            }
        });
    }

    pub(crate) fn sandbox_started(&mut self, account_id: &str, result: Result<exchange::RunningExchange, String>) {
        match result {
            Ok(exchange) => {
                self.accounts.sandbox_is_at(account_id, exchange.base_url());
                // What another one played is over with it.
                let effects = self.calls.all_gone(account_id, self.now());
                self.perform_all(effects);
                self.sandboxes.insert(account_id.to_owned(), exchange);
                self.refresh_stream(account_id);
                if let Some(account) = self.accounts.by_id(account_id) {
                    let view = self.accounts.view(account, self.hook_of(account));
                    self.emit(Event::Account {
                        account: Box::new(view),
                    });
                }
            }
            Err(why) => {
                tracing::error!(why, "the sandbox exchange does not run");
                self.accounts.sandbox_fails(account_id, &why);
            }
        }
    }
}

/// What the sandbox exchange is signed in with.
pub(crate) fn sandbox_credentials(account: &Account) -> Credentials {
    let secrets = sandbox::secrets(account.played).into_iter();
    Credentials::new(secrets.map(|(key, value)| (key, value.into())).collect())
}
