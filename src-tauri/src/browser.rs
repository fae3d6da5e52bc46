//! Links that the system's browser opens.

use engine::api::{ApiError, ErrorClass};
use engine::{Launch, Launcher as _, SystemLauncher};
use tauri::Url;

/// Opens a provider's link in the browser. The link may be its own key, so that no error and no log holds it.
///
/// # Errors
/// `link_odd` for anything but a web address, which the system might take for a program's; `browser_not_opened` where
/// the system opens none.
pub async fn open(link: &str) -> Result<(), ApiError> {
    let address = web_address(link).ok_or_else(|| ApiError::new(ErrorClass::Failed, "link_odd"))?;
    let opened = launcher().launch(Launch::Open(address.into())).await;
    opened.map_err(|problem| {
        tracing::warn!(%problem, "the system opens no browser");
        ApiError::new(ErrorClass::Failed, "browser_not_opened")
    })
}

/// What starts other programs: with the environment as it was found.
#[must_use]
pub fn launcher() -> SystemLauncher {
    #[cfg(target_os = "linux")]
    return SystemLauncher::hiding(crate::renderer::VARIABLES);
    #[cfg(not(target_os = "linux"))]
    SystemLauncher::default()
}

fn web_address(link: &str) -> Option<Url> {
    let address = Url::parse(link.trim()).ok()?;
    (matches!(address.scheme(), "https" | "http") && address.has_host()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_opened() {
        for link in [
            "https://cloud.example.com/file?id=1&token=a%20b",
            " http://127.0.0.1:8080/x ",
        ] {
            assert!(web_address(link).is_some(), "{link}");
        }
        for link in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "tel:+442079460018",
            "--help",
            "",
            "https://",
            "data:text/html,x",
            "smb://example.com/share",
        ] {
            assert!(web_address(link).is_none(), "{link}");
        }
    }
}
