//! Pages without script and without a permission, for windows that say one thing: their buttons are links that lead
//! nowhere, because the window takes every navigation for a wish.

use tauri::Url;
use tauri::http::{HeaderValue, Response};

/// Where the page of a scheme is.
///
/// # Errors
/// Never: schemes are constants.
pub fn address(scheme: &str) -> tauri::Result<Url> {
    // WebView2 knows no schemes of an app: Tauri serves them under http there.
    let address = if cfg!(windows) {
        format!("http://{scheme}.localhost/")
    } else {
        format!("{scheme}://localhost/")
    };
    address.parse().map_err(tauri::Error::InvalidUrl)
}

/// Answers a request of such a page: for its style, else for itself.
#[must_use]
pub fn serve(scheme: &str, path: &str, style: &str, page: &str) -> Response<Vec<u8>> {
    let (kind, body) = match path {
        "/page.css" => ("text/css; charset=utf-8", style),
        _ => ("text/html; charset=utf-8", page),
    };
    let policy = format!("default-src 'none'; style-src 'self' {scheme}:; base-uri 'none'; form-action 'none'");
    let mut response = Response::new(body.as_bytes().to_vec());
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(kind));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert("content-security-policy", policy);
    }
    response
}

/// A whole page around its body, which has been escaped.
#[must_use]
pub fn page(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Dialdeck</title>\
         <link rel=\"stylesheet\" href=\"/page.css\"></head><body>{body}</body></html>"
    )
}

/// A button, which is a link.
#[must_use]
pub fn button(path: &str, label: &str) -> String {
    format!("<a role=\"button\" href=\"{}\">{}</a>", escaped(path), escaped(label))
}

/// What a window of such a page runs beside it, for the page runs nothing: Escape follows the link to `path`.
#[must_use]
pub fn on_escape(path: &str) -> String {
    format!("addEventListener('keydown', ({{ key }}) => {{ if (key === 'Escape') location.assign('{path}'); }});")
}

/// What others have written, as text.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_load_nothing_but_its_style() {
        let response = serve("trouble", "/", "", "");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
    }

    #[test]
    fn a_name_never_becomes_markup() {
        assert_eq!(
            escaped("<b>\"Rao\"</b> & Sons"),
            "&lt;b&gt;&quot;Rao&quot;&lt;/b&gt; &amp; Sons"
        );
    }
}
