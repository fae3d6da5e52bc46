//! Systems whose links Dialdeck cannot ask about yet: that is said, and nothing is made up.

use async_trait::async_trait;
use telephony::LinkScheme;

use super::{Desktop, Opener};
use crate::api::{ApiError, ErrorClass};

pub(crate) struct Elsewhere;

fn unsupported() -> ApiError {
    ApiError::new(ErrorClass::Failed, "links_unsupported")
}

#[async_trait]
impl Desktop for Elsewhere {
    async fn opener(&self, _: LinkScheme) -> Result<Opener, ApiError> {
        Err(unsupported())
    }

    async fn take(&self, _: LinkScheme) -> Result<(), ApiError> {
        Err(unsupported())
    }

    fn can_take(&self) -> bool {
        false
    }
}
