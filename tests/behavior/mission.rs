//! The verbs of the five pages that the product was asked to implement, and the request that is each.

use providers::ProviderKind::{self, *};

use crate::wire::Sent;

/// One verb of one of the pages.
pub struct Wanted {
    pub page: &'static str,
    pub kind: ProviderKind,
    pub method: &'static str,
    /// Segments; `{…}` is any one.
    pub path: &'static str,
    /// Must be in the query.
    pub query: &'static str,
    /// What it is here: the deed, and what else must be set.
    pub deed: &'static str,
    pub with: &'static str,
}

impl Wanted {
    /// Whether the request is the one of the page.
    pub fn is(&self, sent: &Sent) -> bool {
        let Some((_, rest)) = sent.url.split_once("://") else {
            return false;
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let segments: Vec<&str> = path.split('/').skip(1).filter(|segment| !segment.is_empty()).collect();
        let wanted: Vec<&str> = self.path.split('/').filter(|segment| !segment.is_empty()).collect();
        let fits = |(wanted, segment): (&&str, &&str)| wanted.starts_with('{') || wanted == segment;
        sent.method == self.method
            && query.contains(self.query)
            && segments.len() == wanted.len()
            && wanted.iter().zip(&segments).all(fits)
    }

    /// As the page has it.
    pub fn verb(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("`{} {}{mark}{}`", self.method, self.path, self.query)
    }
}

const fn wanted(
    page: &'static str,
    kind: ProviderKind,
    method: &'static str,
    path: &'static str,
    deed: &'static str,
) -> Wanted {
    Wanted {
        page,
        kind,
        method,
        path,
        query: "",
        deed,
        with: "",
    }
}

impl Wanted {
    const fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    const fn with(self, with: &'static str) -> Self {
        Self { with, ..self }
    }
}

const IP: &str = "IP Telecom: click-to-call";
const LIST: &str = "/v2/accounts/{ACCOUNT_ID}/clicktocall";
const ONE: &str = "/v2/accounts/{ACCOUNT_ID}/clicktocall/{C2C_ID}";
const HISTORY: &str = "/v2/accounts/{ACCOUNT_ID}/clicktocall/{C2C_ID}/history";
const CONNECT: &str = "/v2/accounts/{ACCOUNT_ID}/clicktocall/{C2C_ID}/connect";

pub const WANTED: [Wanted; 14] = [
    wanted(
        "Acefone UK: click-to-call support",
        AcefoneUk,
        "POST",
        "/v1/click_to_call_support",
        "place_call",
    )
    .with("mode: click_to_call_support"),
    wanted(
        "Acefone India: schedule a callback",
        AcefoneIn,
        "POST",
        "/v1/dialer/schedule_call/",
        "schedule_call",
    ),
    wanted(
        "Servetel: click-to-call",
        Servetel,
        "POST",
        "/v1/click_to_call",
        "place_call",
    ),
    wanted(
        "Superfone: trigger call",
        Superfone,
        "GET",
        "/superfone/api/customer/click-2-call",
        "place_call",
    )
    .query("call_action=START"),
    wanted(
        "Superfone: trigger call",
        Superfone,
        "GET",
        "/superfone/api/customer/click-2-call",
        "end_call",
    )
    .query("call_action=END"),
    wanted(IP, Kazoo, "GET", LIST, "endpoints (list)"),
    wanted(IP, Kazoo, "PUT", LIST, "endpoints (create)"),
    wanted(IP, Kazoo, "GET", ONE, "endpoints (show)"),
    wanted(IP, Kazoo, "POST", ONE, "endpoints (replace)"),
    wanted(IP, Kazoo, "PATCH", ONE, "endpoints (patch)"),
    wanted(IP, Kazoo, "DELETE", ONE, "endpoints (delete)"),
    wanted(IP, Kazoo, "GET", HISTORY, "endpoints (history)"),
    wanted(IP, Kazoo, "GET", CONNECT, "place_call").with("connect_verb: get"),
    wanted(IP, Kazoo, "POST", CONNECT, "place_call"),
];
