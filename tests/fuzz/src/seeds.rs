//! Inputs to begin with, made from the documented samples in `tests/fixtures`: what a fuzzer cannot guess.

use std::fs;
use std::path::Path;

use exchange::Script;
use serde_json::{Value, json};

use crate::accounts::{ACCOUNTS, Account, REGIONS};
use crate::list::{Is, SAMPLES, Sample};
use crate::targets::{CONTENT_TYPES, FORMS, STATUSES};

fn fixture(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn small(index: usize) -> u8 {
    u8::try_from(index).expect("there are few to choose from")
}

/// Each text after each of the first choices that it is good for.
fn led(leads: impl IntoIterator<Item = Vec<u8>>, texts: &[&str]) -> Vec<Vec<u8>> {
    let leads: Vec<Vec<u8>> = leads.into_iter().collect();
    texts
        .iter()
        .enumerate()
        .map(|(index, text)| [&leads[index % leads.len()][..], text.as_bytes()].concat())
        .collect()
}

fn events(is: fn(&Is) -> bool) -> impl Iterator<Item = &'static Sample> {
    SAMPLES.iter().filter(move |sample| is(&sample.is))
}

/// Whose sample it is, as far as the folder says.
fn is_from(account: &Account, file: &str) -> bool {
    let folder = file.split('/').next().unwrap_or_default();
    account.setup.kind.as_str().starts_with(folder)
}

/// Every documented event as JSON and as a form, for the accounts of its provider.
pub fn webhook() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for sample in events(|is| matches!(is, Is::Event)) {
        let body = fixture(sample.file);
        let form = serde_json::from_slice::<Value>(&body)
            .map(|body| as_form(&body))
            .unwrap_or_default();
        let own = ACCOUNTS
            .iter()
            .enumerate()
            .filter(|(_, account)| is_from(account, sample.file));
        for (index, _) in own {
            for (kind, body) in [(0, &body), (1, &form)] {
                seeds.push([&[small(index), kind][..], body].concat());
            }
        }
    }
    for (kind, _) in CONTENT_TYPES.iter().enumerate() {
        let body = json!({"payload": {"data": {"call_id": "1.2", "call_status": "answered", "billsec": "12"}}});
        seeds.push([&[0, small(kind)][..], body.to_string().as_bytes()].concat());
    }
    seeds
}

fn as_form(body: &Value) -> Vec<u8> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in body.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        form.append_pair(name, &text);
    }
    form.finish().into_bytes()
}

/// Every documented answer to the requests it answers, and to each verb what says nothing.
pub fn reply() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (index, account) in ACCOUNTS.iter().enumerate() {
        for (number, deed) in account.deeds.iter().enumerate() {
            let name = deed.to_string();
            let lead = |status: u16| {
                let known = STATUSES.iter().position(|known| *known == status).unwrap_or_default();
                [small(index), small(number), small(known), 0]
            };
            let answers = SAMPLES.iter().filter(|sample| match &sample.is {
                Is::Answer(names) => names.contains(&name.as_str()),
                Is::Among(among, _) => *among == name,
                Is::Refusal => number % 7 == 0,
                Is::Event | Is::Streamed | Is::NotAsked(_) => false,
            });
            for sample in answers {
                seeds.push([&lead(sample.status)[..], &fixture(sample.file)].concat());
            }
            for body in [
                r#"{"success":true,"message":"token=@ Bearer @"}"#,
                r#"{"data":[],"has_more":true,"count":9,"next_start_key":"a","last_seen_id":"1"}"#,
            ] {
                seeds.push([&lead(if number % 2 == 0 { 200 } else { 400 })[..], body.as_bytes()].concat());
            }
        }
    }
    seeds
}

/// Kazoo's frames, and its documented events.
pub fn stream() -> Vec<Vec<u8>> {
    events(|is| matches!(is, Is::Streamed | Is::Event))
        .filter(|sample| sample.file.starts_with("kazoo/"))
        .map(|sample| fixture(sample.file))
        .chain([
            br#"{"action":"reply","status":"error","data":{"errors":["invalid auth_token @"]},"request_id":"1"}"#
                .to_vec(),
        ])
        .collect()
}

const NUMBERS: &[&str] = &[
    "020 7946 0123",
    "+44 (0)20 7946 0123",
    "tel:+44-20-7946-0123;ext=12",
    "0044 20 7946 0123 x12",
    "(202) 555-0123 ext. 4",
    "+91 90000 00001",
    "1-800-FLOWERS",
    "*21*02079460123#",
    "999",
    "+44 999",
    "ext 1204",
    "1204",
    "asha@pbx.example;user=phone?Subject=x",
    "%2B442079460123",
    "+39 06 1234 5678",
    "+44 20 7946 0123,,12#",
    "\u{202a}+44\u{a0}20\u{2011}7946\u{2011}0123\u{202c}",
    "\u{660}\u{662}\u{660} ７９４６ ०१२३",
    "0123;phone-context=+4420794",
    "☎ 020 7946 0123",
    "Tel: 020 7946 0123",
    "112",
    "3 Musketeers",
    "sip:asha@pbx.example",
];

pub fn number() -> Vec<Vec<u8>> {
    led((0..REGIONS.len()).map(|region| vec![small(region)]), NUMBERS)
}

pub fn link() -> Vec<Vec<u8>> {
    let forms = (0..FORMS.len()).flat_map(|form| led([vec![small(form % REGIONS.len()), small(form)]], NUMBERS));
    forms.collect()
}

pub fn vcard() -> Vec<Vec<u8>> {
    let cards = [
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg=\r\n;;;\r\nTEL;CELL;PREF:020 7946 0001\r\nTEL;WORK;FAX:020 7946 0002\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:B\r\nEND:VCARD\r\nEND:VCARD\r\n",
        "BEGIN:VCARD\nVERSION:3.0\nFN:Asha Rao\nN:Rao;Asha;;;\nORG:Example\\, Ltd;Sales\nitem1.TEL;type=pref:+44 20 7946 0003\nitem1.X-ABLabel:_$!<Desk>!$_\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\n AQAAAQAB\nNOTE:one\\ntwo\n three\nCATEGORIES:VIP,North\\, East\nUID:1\nREV:2026-01-02T03:04:05Z\nEND:VCARD\n",
        "BEGIN:VCARD\rVERSION:4.0\rFN;LANGUAGE=\"a:b\":Amy\rKIND:org\rORG:Amy\rTEL;VALUE=uri;TYPE=\"work,voice\":tel:+44-20-7946-0004;ext=12\rEMAIL;PREF=1:mailto:amy@example.test\rEND:VCARD\r",
        "BEGIN:VCARD\nFN:Cut\nTEL:0\nBEGIN:VCARD\nVERSION:2.1\nno colon\nPHOTO;BASE64:\nAAAA\nBBBB\n\nNOTE;QUOTED-PRINTABLE:a=\nEND:VCARD\n",
        "BEGIN:VCARD\nX-ABShowAs:COMPANY\nFN:Example\nORG:Example\nTEL:020 7946 0005 x6\nNOTE;ENCODING=B:QUJD\nEND:VCARD",
    ];
    let mut seeds = led([vec![0], vec![1], vec![7]], &cards);
    seeds.push(
        [0].into_iter()
            .chain(cards[1].encode_utf16().flat_map(u16::to_le_bytes))
            .collect(),
    );
    seeds.push(b"\0BEGIN:VCARD\nFN;CHARSET=ISO-8859-1:Jos\xe9\nTEL:02079460006\nEND:VCARD\n".to_vec());
    seeds
}

pub fn csv_mapping() -> Vec<Vec<u8>> {
    let files = [
        "Vorname;Nachname;Firma;E-Mail-Adresse;Mobiltelefon\r\nAmy;Example;Example GmbH;amy@example.test;020 7946 0001\r\n",
        "Nombre,Apellidos,Etiquetas,Teléfono 1,Shoe size\nAna,Ejemplo,\"VIP; North\",+442079460002 x12,38\n",
        "Name,Phone\nAsha,4.42E+11\nBen,\"=\"\"02079460003\"\"\"\n\"Cut,020\nDan,020 7946 0004; 12\n",
        "uno|due\rAmy|020 7946 0005\rBen|020 7946 0005\r",
    ];
    let mut seeds = csv();
    seeds.extend(led([vec![0], vec![1], vec![7]], &files));
    seeds
}

pub fn csv() -> Vec<Vec<u8>> {
    let files = [
        "Name,Phone,E-mail,Notes\nAsha Rao,020 7946 0001,asha@example.test,\"two\nlines\"\n",
        "First Name;Last Name;Mobile;Work Phone;Company\r\nAmy;Example;+44 20 7946 0002;020 7946 0003;Example Ltd\r\n",
        "sep=;\nNom;Téléphone\nÉlodie;01 99 00 00 01\n",
        "Ben,02079460004\nCleo,02079460005\n",
        "Name\tPhone 1 - Value\tPhone 1 - Label\tPhone 2 - Value\nDan\t+442079460006 ::: +442079460007\tWork\t4.42E+11\n",
        "Given Name,Additional Name,Family Name,Organization Name,Phone\nEve,M,Example,\"Quote \"\"d\"\" Ltd\",'+442079460008\n",
        "name,phone\n\"never closed,020 7946 0009\nFay,020 7946 0010\n",
        "name,phone\n=1+1,020 7946 0011\n'@x,-\n",
    ];
    let mut seeds = led([vec![0], vec![1], vec![7]], &files);
    let utf16 = |text: &str, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        [0].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect()
    };
    seeds.push(utf16(files[0], true));
    seeds.push(utf16(files[1], false));
    seeds.push(b"\0Name,Phone\nJos\xe9,02079460012\n".to_vec());
    seeds.push(b"\0PK\x03\x04".to_vec());
    seeds
}

pub fn when() -> Vec<Vec<u8>> {
    let texts = [
        "tue 3pm",
        "in 20m",
        "in 1h 30min",
        "tomorrow 10:00",
        "1 dec 2026 at noon",
        "2026-12-01 09:30",
        "2026-12-01T09:30:00Z",
        "2026-12-01T09:30:00+05:30[Asia/Kolkata]",
        "half an hour",
        "next friday evening",
        "monday morning",
        "15:00",
        "1.5 hours",
        "31 feb",
        "last day of february 9pm",
        "in 3 months",
        "01:30 on 25 oct 2026",
        "9999-12-31",
        "tonight",
        "12am",
        "thurs, 4 pm",
    ];
    led((0..56).map(|pair| vec![pair % 8, pair / 8]), &texts)
}

pub fn config() -> Vec<Vec<u8>> {
    let texts = [
        "# the desk\ndefault_account = \"desk\" # mine\n\n[listener]\nport = 40100\npublic_url = \"https://hooks.example.test\"\n\n\
         [settings]\ntheme = \"dark\"\nnotifications = false\n\n# one\n[accounts.desk]\nid = \"0192f0c1-7c11-7000-8000-0000000000aa\"\n\
         provider = \"acefone-uk\"\n\n[accounts.desk.settings]\nagent_number = \"0502842370097\" # me\ncall_timeout = 45\n",
        "accounts = { a = { id = \"0192f0c1-7c11-7000-8000-0000000000ab\", provider = \"kazoo\", settings = { endpoint_id = \"x\" } } }\n",
        "accounts.a.id = \"0192F0C1-7C11-7000-8000-0000000000AC\"\naccounts.a.provider = \"superfone\"\nsettings.theme = 'light'\n",
        "[settings]\ntheme = \"purple\"\n",
        "[listener]\nport = 0\n",
        "[accounts.a]\nid = 1\n",
        "unknown = true\n[settings]\nnotifications = \"true\"\n",
        "\u{feff}[settings]\r\ntheme = \"\"\"dark\"\"\"\r\n",
    ];
    led([vec![]], &texts)
}

pub fn control() -> Vec<Vec<u8>> {
    let number = "+442079460123";
    let call = "0192f0c1-7c11-7000-8000-0000000000aa";
    let asks = [
        json!({"do": "snapshot"}),
        json!({"do": "watch"}),
        json!({"do": "add_account", "name": "desk", "kind": "acefone-uk", "set": {"agent_id": "1"}, "secrets": {"api_token": "@"}}),
        json!({"do": "set_secret", "name": "desk", "key": "api_token", "value": "@", "this_run_only": false}),
        json!({"do": "place", "target": number, "account": "desk", "yes": true, "despite_unknown": false, "intent": call}),
        json!({"do": "end", "call": null}),
        json!({"do": "ask", "account": null, "what": {"ask": "records", "own": true}}),
        json!({"do": "ask", "account": "desk", "what": {"ask": "save_lead", "number": number, "create": true, "deal_value": 1.5,
            "add_labels": [], "remove_labels": [], "add_products": [], "add_numbers": [number]}}),
        json!({"do": "ask", "account": null, "what": {"ask": "endpoints", "verb": "show", "id": "x"}}),
        json!({"do": "transfer_call", "call": call, "to": "1003", "attended": false}),
        json!({"do": "add_callback", "target": number, "when": "tue 3pm", "zone": "Europe/London", "note": "x"}),
        json!({"do": "import_contacts", "csv": "name,phone\nAmy,02079460001", "country": "GB"}),
        json!({"do": "import_contacts", "csv": [255, 0], "country": null}),
        json!({"do": "update_contact", "contact_id": call, "contact": {"name": "Amy", "numbers": [["020", "work"]]}}),
        json!({"do": "list_calls", "limit": 5, "since": "2026-01-01T00:00:00Z", "contact": null}),
        json!({"do": "show_window", "prefill": "tel:+442079460123"}),
        json!({"do": "dance", "secret": "@"}),
    ];
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for (id, mut ask) in asks.into_iter().enumerate() {
        ask["id"] = id.into();
        seeds.push(ask.to_string().into_bytes());
    }
    seeds.push(b"not json @".to_vec());
    seeds.push(br#"{"do":"status"}"#.to_vec());
    seeds
}

/// A few lines each: what a face asks, one thing after the other, and events between.
pub fn requests() -> Vec<Vec<u8>> {
    let number = "+442079460123";
    let call = "0192f0c1-7c11-7000-8000-0000000000aa";
    let asks = [
        json!({"do": "check_target", "text": number, "account": null}),
        json!({"do": "place", "target": number, "account": null, "from": null, "note": null, "contact": null, "yes": true,
            "despite_unknown": false, "intent": call}),
        json!({"do": "show_call", "call": call}),
        json!({"do": "end", "call": call}),
        json!({"do": "set_note", "call": call, "note": "rang"}),
        json!({"do": "set_disposition", "call": call, "disposition": "Interested"}),
        json!({"do": "mark_ended", "call": call}),
        json!({"do": "list_calls", "limit": 5, "since": null, "contact": null}),
        json!({"do": "add_callback", "target": number, "when": "in 20m", "intent": call, "zone": null, "account": null, "from": null,
            "contact": null, "name": null, "note": null, "assigned_to": null, "reminder_min": null, "call_end_min": null, "queue": null}),
        json!({"do": "call_callback", "callback": call, "yes": true, "despite_unknown": false, "intent": null}),
        json!({"do": "snooze_callback", "callback": call, "until": "tue 3pm", "zone": "Asia/Kolkata"}),
        json!({"do": "open_pasted", "text": "dialdeck:call?number=%2B442079460001&note=Order+17"}),
        json!({"do": "mark_callback", "callback": call, "important": true}),
        json!({"do": "list_callbacks", "all": true}),
        json!({"do": "import_contacts", "csv": "name,phone\nAmy,02079460001", "country": "GB"}),
        json!({"do": "search_contacts", "query": "am", "limit": 5}),
        json!({"do": "find", "text": number, "account": null, "limit": 5}),
        json!({"do": "add_contact", "contact": {"name": "Ben", "company": null, "email": null, "note": null,
            "numbers": [["020 7946 0002", "work"]], "country": null}}),
        json!({"do": "show_window", "prefill": "tel:+442079460123"}),
        json!({"do": "ask", "account": null, "what": {"ask": "agent_status"}}),
        json!({"do": "transfer_call", "call": call, "to": "1003", "attended": false, "yes": true}),
        json!({"do": "update_account", "name": "desk", "set": {"call_timeout": "45"}}),
        json!({"do": "set_draft", "field": "note", "text": "x"}),
        json!({"do": "list_alerts"}),
        json!({"do": "alerts_seen", "up_to": "2026-12-01T09:30:00Z"}),
        json!({"do": "do_not_disturb", "span": {"minutes": 30}}),
        json!({"do": "do_not_disturb", "span": "tomorrow"}),
        json!({"do": "add_account", "name": "two", "kind": "kazoo", "set": {}, "secrets": {"password": "made-up"}}),
        json!({"do": "remove_account", "name": "desk"}),
        json!({"do": "report_checks", "checks": [{"check": "links", "state": "warning",
            "message": {"key": "doctor.database.ok"}, "hint": null}]}),
        json!({"do": "check_when", "when": "31 feb", "zone": null, "target": number, "account": null}),
    ];
    let line = |(id, ask): (usize, &Value)| {
        let mut ask = ask.clone();
        ask["id"] = id.into();
        ask.to_string()
    };
    let event = String::from_utf8_lossy(&fixture("acefone/webhook-c2c-answered_by_agent.json")).replace('\n', " ");
    let lines: Vec<String> = asks.iter().enumerate().map(line).chain([format!("!{event}")]).collect();
    let placing = [&lines[1][..], &lines[lines.len() - 1], &lines[3], &lines[4], &lines[2]].join("\n");
    let called_back = [&lines[8][..], &lines[9], &lines[11], &lines[10]].join("\n");
    let known = [&lines[12][..], &lines[13], &lines[14], &lines[0]].join("\n");
    lines
        .into_iter()
        .chain([placing, called_back, known])
        .map(String::into_bytes)
        .collect()
}

pub fn script() -> Vec<Vec<u8>> {
    let parts = Script::EXAMPLE.split("\n\n").map(|part| part.as_bytes().to_vec());
    parts
        .chain([Script::EXAMPLE.as_bytes().to_vec(), b"[[rule]]\nthen = 1\n".to_vec()])
        .collect()
}

pub fn settings() -> Vec<Vec<u8>> {
    let lines = [
        "base_url=https://api.example.test/v1/\ncaller_id=+44 20 7946 0100",
        "base_url=http://127.0.0.1:8000",
        "base_url=http://10.0.0.1\nallow_plain_http=true",
        "base_url=https://me:@@api.example.test",
        "endpoint_id=../../users\nuser_id=a/b?c#d",
        "country=IN\ntime_zone=Asia/Kolkata\ncall_timeout=45",
        "mode=click_to_call_support\nagent_id=0502842370097",
        "method=quickcall\nconnect_verb=get\nagent_number=1001",
        "custom_identifier=x\nlogin=agent@example.test",
        "agent_number=\r\nX: 1\ncall_timeout=0",
    ];
    led((0..ACCOUNTS.len()).map(|account| vec![small(account)]), &lines)
}
