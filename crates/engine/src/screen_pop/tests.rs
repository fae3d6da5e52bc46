use proptest::prelude::*;
use url::Url;

use super::template::Template;
use super::values::one_line;
use super::*;

fn draft() -> ScreenPopDraft {
    ScreenPopDraft {
        name: "crm".into(),
        on: vec![Moment::Ringing],
        ..ScreenPopDraft::default()
    }
}

fn opens(url: &str) -> Result<ScreenPop, Mistake> {
    ScreenPop::of(ScreenPopDraft {
        url: Some(url.into()),
        ..draft()
    })
}

fn runs(words: &[&str]) -> Result<ScreenPop, Mistake> {
    ScreenPop::of(ScreenPopDraft {
        run: words.iter().map(|word| (*word).to_owned()).collect(),
        ..draft()
    })
}

fn why(result: Result<ScreenPop, Mistake>) -> &'static str {
    result.expect_err("no screen pop").why
}

fn named(name: &str) -> Values {
    Values::default().with("contact", name).with("number", "+442079460018")
}

fn arguments(pop: &ScreenPop, values: &Values) -> Vec<String> {
    match pop.filled(values) {
        Some(Launch::Run(words)) => words,
        other => panic!("it runs nothing: {other:?}"),
    }
}

fn address(pop: &ScreenPop, values: &Values) -> Option<String> {
    pop.filled(values).map(|launch| match launch {
        Launch::Open(url) => url,
        Launch::Run(_) => panic!("it opens nothing"),
    })
}

/// Names that somebody may have, or that somebody may have sent.
const NAMES: [&str; 9] = [
    "; rm -rf ~ $(x) \"'",
    "--config=/etc/passwd",
    "a\nb\r\nc",
    "nul\0inside",
    "`id` && %PATH% | tee > /tmp/x",
    "Ünïcödé \u{202e} नमस्ते",
    "../../etc?x=1&y=2#z",
    "{number} {{contact}}",
    "",
];

#[test]
fn each_value_stays_within_its_own_argument() {
    let pop = runs(&[
        "/opt/pop",
        "--name={contact}",
        "{contact}",
        "{number}",
        "--",
        "{contact}",
        "a {{b}} c",
    ])
    .unwrap();
    for name in NAMES {
        let shown = one_line(name);
        let guarded = if shown.starts_with('-') {
            format!(" {shown}")
        } else {
            shown.clone()
        };
        assert_eq!(
            arguments(&pop, &named(name)),
            [
                "/opt/pop",
                &format!("--name={shown}"),
                &guarded,
                "+442079460018",
                "--",
                &shown,
                "a {b} c"
            ]
        );
    }
    let long = "x".repeat(10_000);
    assert_eq!(arguments(&pop, &named(&long))[2].len(), 1_000);
}

#[test]
fn each_value_is_one_component_of_the_address() {
    let pop = opens("https://crm.example.com/people/{contact}/pop?who={contact}&n={number}#{contact}").unwrap();
    for name in NAMES.into_iter().filter(|name| !name.is_empty()) {
        let url = Url::parse(&address(&pop, &named(name)).unwrap()).unwrap();
        let shown = one_line(name);
        assert_eq!(url.host_str(), Some("crm.example.com"));
        assert_eq!(url.path_segments().unwrap().count(), 3);
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        assert_eq!(
            pairs,
            [("who".to_owned(), shown), ("n".to_owned(), "+442079460018".to_owned())]
        );
    }
}

#[test]
fn a_value_of_dots_does_not_climb_out_of_a_path() {
    let pop = opens("https://crm.example.com/people/{contact}/pop").unwrap();
    for name in [".", ".."] {
        assert_eq!(address(&pop, &named(name)), None, "{name}");
    }
    assert!(address(&pop, &named("...")).is_some());
}

#[test]
fn what_decides_where_an_address_leads_is_written_out() {
    for (url, mistake) in [
        ("file:///etc/{contact}", "scheme"),
        ("javascript:alert('{contact}')", "scheme"),
        ("data:text/html,{contact}", "scheme"),
        ("tel:{number}", "scheme"),
        ("sip:{number}", "scheme"),
        ("smb://example.com/{contact}", "scheme"),
        ("{contact}", "no_address"),
        ("{contact}://example.com/", "no_address"),
        ("https://{contact}.example.com/", "server_open"),
        ("https://example.com{contact}", "server_open"),
        ("https://example.com:{number}/", "server_open"),
        ("https:///{contact}", "server_open"),
        ("https:/{contact}", "server_open"),
        ("https://me:key@example.com/{number}", "no_address"),
        ("https://", "no_address"),
        ("--help", "no_address"),
        ("https://example.com/{nobody}", "placeholder"),
        ("https://example.com/{number", "brace"),
        ("https://example.com/number}", "brace"),
    ] {
        assert_eq!(why(opens(url)), mistake, "{url}");
    }
    for url in [
        "https://example.com/?n={number}",
        "HTTPS://example.com/{number}",
        "http://127.0.0.1:8080/{call_id}",
        "https://example.com",
        "mailto:crm@example.com?subject={contact}",
        "obsidian://new?name={contact}",
    ] {
        assert!(opens(url).is_ok(), "{url}");
    }
}

#[test]
fn no_value_becomes_part_of_a_program() {
    for words in [
        &["sh", "-c", "notify {contact}"][..],
        &["/bin/bash", "-lc", "notify {contact}"],
        &["/usr/bin/env", "bash", "-c", "echo {number}"],
        &["python3", "-c", "print('{contact}')"],
        &["perl", "-e", "print '{contact}'"],
        &["node", "-econsole.log('{contact}')"],
        &["cmd.exe", "/c", "start {contact}"],
        &["C:\\Windows\\System32\\cmd.exe", "/c", "echo", "{contact}"],
        &["powershell", "-File", "x.ps1", "{contact}"],
    ] {
        assert_eq!(why(runs(words)), "interpreted", "{words:?}");
    }
    for words in [
        &["sh", "-c", "notify \"$1\"", "sh", "{contact}"][..],
        &["/opt/pop", "-c", "{contact}"],
        &["python3", "/opt/pop.py", "--contact", "{contact}"],
        &["sh", "/opt/pop.sh", "{contact}"],
    ] {
        assert!(runs(words).is_ok(), "{words:?}");
    }
    assert_eq!(why(runs(&["{contact}"])), "program");
    assert_eq!(why(runs(&["--help"])), "program");
    assert_eq!(why(runs(&["/opt/pop", "a\0b"])), "nul");
}

#[test]
fn a_draft_says_when_and_exactly_one_thing_to_do() {
    assert_eq!(why(ScreenPop::of(draft())), "nothing_to_do");
    let both = ScreenPopDraft {
        url: Some("https://example.com/".into()),
        run: vec!["/opt/pop".into()],
        ..draft()
    };
    assert_eq!(why(ScreenPop::of(both)), "url_and_run");
    let never = ScreenPopDraft {
        on: Vec::new(),
        url: Some("https://example.com/".into()),
        ..draft()
    };
    assert_eq!(why(ScreenPop::of(never)), "no_moment");
    let nameless = ScreenPopDraft {
        name: "My CRM".into(),
        ..draft()
    };
    assert_eq!(why(ScreenPop::of(nameless)), "name");
}

#[test]
fn it_is_for_its_moments_and_direction_only() {
    let pop = ScreenPop::of(ScreenPopDraft {
        direction: Some(Direction::Inbound),
        url: Some("https://example.com/".into()),
        ..draft()
    })
    .unwrap();
    assert!(pop.is_for(Moment::Ringing, Direction::Inbound));
    assert!(!pop.is_for(Moment::Ringing, Direction::Outbound));
    assert!(!pop.is_for(Moment::Ended, Direction::Inbound));
}

#[test]
fn what_was_put_in_is_not_printed() {
    let pop = runs(&["/opt/pop", "{contact}"]).unwrap();
    let launch = pop.filled(&named("Asha Rao")).unwrap();
    assert!(!format!("{launch:?}").contains("Asha"));
}

#[test]
fn every_mistake_and_moment_has_words() {
    for why in [
        "name",
        "no_moment",
        "url_and_run",
        "nothing_to_do",
        "no_address",
        "scheme",
        "server_open",
        "placeholder",
        "brace",
        "program",
        "nul",
        "interpreted",
    ] {
        assert!(
            crate::words::find(&format!("screen_pop.mistake.{why}")).is_some(),
            "{why}"
        );
    }
    for moment in Moment::ALL {
        assert_eq!(Moment::of(moment.name()), Some(moment));
        assert!(crate::words::find(&format!("screen_pop.moment.{}", moment.name())).is_some());
    }
}

proptest! {
    #[test]
    fn whatever_is_put_in_comes_out_of_a_query_as_it_was(name in ".{0,200}") {
        let pop = opens("https://crm.example.com/p?before=1&who={contact}&after={number}").unwrap();
        let url = Url::parse(&address(&pop, &named(&name)).unwrap()).unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs.len(), 3);
        prop_assert_eq!(&pairs[1].1, &one_line(&name));
        prop_assert_eq!(url.fragment(), None);
        prop_assert_eq!(url.path(), "/p");
    }

    #[test]
    fn whatever_is_put_into_a_path_stays_one_segment_of_it(name in ".{0,50}|[./%\\\\]{0,6}") {
        let pop = opens("https://crm.example.com/people/{contact}").unwrap();
        if let Some(address) = address(&pop, &named(&name)) {
            let url = Url::parse(&address).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 2);
            prop_assert_eq!(segments[0], "people");
            prop_assert_eq!((url.host_str(), url.query(), url.fragment()), (Some("crm.example.com"), None, None));
        }
    }

    #[test]
    fn whatever_is_put_in_is_exactly_one_argument_and_no_option(name in any::<String>()) {
        let pop = runs(&["/opt/pop", "{contact}", "--who={contact}"]).unwrap();
        let words = arguments(&pop, &named(&name));
        prop_assert_eq!(words.len(), 3);
        prop_assert!(!words[1].starts_with('-'));
        prop_assert_eq!(words[1].strip_prefix(" -").map_or(words[1].clone(), |rest| format!("-{rest}")), {
            let shown = one_line(&name);
            // A name that itself begins with a space and a dash reads the same.
            shown.strip_prefix(" -").map_or(shown.clone(), |rest| format!("-{rest}"))
        });
        prop_assert_eq!(&words[2], &format!("--who={}", one_line(&name)));
        prop_assert!(words.iter().all(|word| !word.contains(|letter: char| letter.is_control())));
    }

    #[test]
    fn a_template_never_panics(text in ".{0,80}|[{}a-z_]{0,40}") {
        if let Ok(template) = Template::of(&text, "run") {
            template.filled(&Values::default(), str::to_owned);
        }
    }
}
