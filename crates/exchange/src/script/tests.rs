use super::*;

#[test]
fn a_mistake_is_named_by_line_and_key() {
    for (text, line, key) in [
        ("guide = true\n\n[[rule]]\nthen = \"answr\"\n", 4, "then"),
        ("[timings]\ntalk_seconds = -1\n", 2, "talk_seconds"),
        ("[timings]\ntalk = 1\n", 2, "talk"),
        ("[[rule]]\ncustomer = 7\nthen = \"answer\"\n", 2, "customer"),
        ("[account]\ntokens = [\n", 2, "tokens"),
        ("\n[[rule]]\npath = \"/v1/users\"\nthen = \"answer\"\n", 2, "rule"),
        ("[[rule]]\ncustomer = \"…0021\"\n", 1, "rule"),
    ] {
        match Script::parse(text) {
            Err(ScriptError::Mistake {
                line: found,
                key: named,
                message,
            }) => {
                assert_eq!((found, named.as_str()), (line, key), "{text}: {message}");
                assert!(!message.is_empty());
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn the_script_in_the_documentation_is_a_script() {
    let script = Script::parse(
        "guide = true\n[timings]\nagent_answer_after = 2\n[account]\ntokens = [\"a.b.c\"]\n\
         [[rule]]\ncustomer = \"…0021\"\nnth = 2\nthen = \"customer_no_answer\"\nwebhooks = \"doubled\"\n\
         timings = { customer_rings_for = 10.5 }\n[[rule]]\npath = \"/v1/live_calls\"\ntimes = 3\nthen = \"server_error\"\n\
         [platform]\nscheduled_after = 5\nrecordings_off = false\n\
         sign_in = { token_life = 3600, failures = 5, logins = 20, lock_out = 300, days_left = 42 }\n\
         [[platform.contacts]]\nname = \"Asha Example\"\nnumber = \"+442079460002\"\nupdated = \"2024-06-01T09:00:00Z\"\n\
         [[platform.departments]]\nid = \"108000\"\nname = \"Sales\"\nagents = [\"0502842370097\"]\n\
         [[platform.dispositions]]\nname = \"Interested\"\ncode = \"interested\"\n\
         [crm]\nlabels = [\"Hot\"]\n[[crm.leads]]\nphone = \"+918000000001\"\nfirst_name = \"Test\"\n\
         [[inbound]]\nafter = 3\nfrom = \"+442079460001\"\n",
    )
    .unwrap();
    assert_eq!((script.rules.len(), script.inbound.len(), script.guide), (2, 1, true));
}

#[test]
fn a_customer_matches_by_ending_or_by_the_whole_number_in_any_spelling() {
    let ending = Rule::new(Scenario::Answer).for_customer("…0021");
    assert!(ending.fits_dial("", "442079460021") && ending.fits_dial("", "+91 80690 00021"));
    assert!(!ending.fits_dial("", "442079460022"));
    let whole = Rule::new(Scenario::Answer).for_customer("+442079460021");
    assert!(whole.fits_dial("", "02079460021") && !whole.fits_dial("", "+918069000021"));
}

#[test]
fn the_example_that_help_shows_is_a_script() {
    let script = Script::parse(Script::EXAMPLE).unwrap();
    assert!(script.guide && script.rules.len() == 2 && script.inbound.len() == 1);
}
