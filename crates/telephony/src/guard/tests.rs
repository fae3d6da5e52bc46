use super::*;

fn guard(region: &str) -> Guard {
    Guard {
        account_region: region.parse().unwrap(),
        policy: GuardPolicy::default(),
    }
}

fn number(e164: &str) -> PhoneNumber {
    PhoneNumber::from_e164(e164).unwrap()
}

/// Noon in London, in winter.
fn noon() -> Timestamp {
    "2027-01-15T12:00:00Z".parse().unwrap()
}

fn reasons(findings: &[GuardFinding]) -> Vec<(GuardVerdict, GuardReason)> {
    findings
        .iter()
        .map(|finding| (finding.verdict, finding.reason))
        .collect()
}

fn check(guard: &Guard, e164: &str) -> Vec<(GuardVerdict, GuardReason)> {
    reasons(&guard.check(&number(e164), &DialHistory::default(), noon()))
}

use GuardReason::*;
use GuardVerdict::*;

#[test]
fn an_ordinary_number_at_home_by_day_is_free() {
    assert_eq!(check(&guard("GB"), "+442079460123"), []);
    assert_eq!(GuardVerdict::worst(&[]), Ok);
}

#[test]
fn costly_kinds_are_blocked_unless_the_settings_allow_them() {
    for (region, e164, reason) in [
        ("GB", "+449012345678", PremiumRate),
        ("GB", "+447012345678", PersonalNumber),
        ("DE", "+491801234567", SharedCost),
        ("GB", "+881612345678", Satellite),
        ("GB", "+870776123456", Satellite),
        ("GB", "+88234567890", Satellite),
    ] {
        assert_eq!(check(&guard(region), e164), [(Block, reason)], "{e164}");
        let policy = GuardPolicy {
            allow_premium: true,
            allow_satellite: true,
            allow_personal: true,
            allow_shared_cost: true,
            ..GuardPolicy::default()
        };
        assert_eq!(
            check(
                &Guard {
                    policy,
                    ..guard(region)
                },
                e164
            ),
            [],
            "{e164}"
        );
    }
}

#[test]
fn codes_and_short_numbers_are_blocked_as_typed() {
    let gb = guard("GB");
    for (text, reason, country) in [
        ("*#06#", ServiceCode, None),
        ("*21*07123456789#", ServiceCode, None),
        ("tel:*%2306%23", ServiceCode, None),
        ("999", Emergency, Some("GB")),
        ("1 1 2", Emergency, Some("GB")),
        ("911", Emergency, Some("US")),
        ("+911", Emergency, Some("US")),
        ("000", Emergency, Some("AU")),
        ("108", Emergency, Some("IN")),
        ("+44 999", Emergency, Some("GB")),
        ("+1 911", Emergency, Some("US")),
        ("0091 112", Emergency, Some("IN")),
        ("101", ShortNumber, Some("GB")),
        ("+33 3615", ShortNumber, Some("FR")),
    ] {
        let findings = gb.check_text(text);
        assert_eq!(reasons(&findings), [(Block, reason)], "{text}");
        assert_eq!(findings[0].country.as_deref(), country, "{text}");
    }
    for text in ["", "Asha", "02079", "020 7946 0123", "+449012345678"] {
        assert_eq!(gb.check_text(text), [], "{text}");
    }
}

#[test]
fn a_short_number_hidden_behind_its_country_code_is_blocked() {
    // Reaches the guard only from a store or a provider: parsing refuses it.
    let findings = guard("GB").check(&number("+9151425"), &DialHistory::default(), noon());
    assert!(reasons(&findings).contains(&(Block, ShortNumber)), "{findings:?}");
    let findings = guard("GB").check(&number("+44116123"), &DialHistory::default(), noon());
    assert_eq!(reasons(&findings), [(Block, ShortNumber)]);
}

#[test]
fn another_country_asks_until_agreed() {
    let findings = guard("GB").check(&number("+33123456789"), &DialHistory::default(), noon());
    assert_eq!(reasons(&findings), [(Warn, NewCountry)]);
    assert_eq!(findings[0].country.as_deref(), Some("FR"));

    let policy = GuardPolicy {
        countries: ["FR".parse().unwrap()].into(),
        ..GuardPolicy::default()
    };
    assert_eq!(check(&Guard { policy, ..guard("GB") }, "+33123456789"), []);
}

#[test]
fn night_at_the_customers_warns_with_their_time() {
    let at = |text: &str| {
        let findings = guard("GB").check(&number("+442079460123"), &DialHistory::default(), text.parse().unwrap());
        findings
            .into_iter()
            .map(|finding| (finding.reason, finding.local_time.unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(at("2027-01-15T07:59:59Z"), [(OutsideHours, "07:59".to_owned())]);
    assert_eq!(at("2027-01-15T08:00:00Z"), []);
    assert_eq!(at("2027-01-15T20:59:59Z"), []);
    assert_eq!(at("2027-01-15T21:00:00Z"), [(OutsideHours, "21:00".to_owned())]);
    assert_eq!(at("2027-07-15T07:00:00Z"), [], "summer time");
    assert_eq!(at("2027-07-15T20:00:00Z"), [(OutsideHours, "21:00".to_owned())]);
}

#[test]
fn hours_must_fit_every_zone_where_the_number_may_ring() {
    // A Portuguese mobile may be on the Azores, an hour behind Lisbon.
    let at = |text: &str| {
        let findings = guard("PT").check(&number("+351912345678"), &DialHistory::default(), text.parse().unwrap());
        findings
            .into_iter()
            .map(|finding| (finding.reason, finding.local_time.unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(at("2027-01-15T08:30:00Z"), [(OutsideHours, "07:30".to_owned())]);
    assert_eq!(at("2027-01-15T12:00:00Z"), []);
    assert_eq!(at("2027-01-15T21:30:00Z"), [(OutsideHours, "21:30".to_owned())]);
}

#[test]
fn a_service_line_is_not_woken() {
    let night = "2027-01-15T03:00:00Z".parse().unwrap();
    assert_eq!(
        guard("GB").check(&number("+448001234567"), &DialHistory::default(), night),
        []
    );
}

#[test]
fn the_eleventh_dial_in_a_minute_and_the_fourth_to_a_number_warn() {
    let with = |minute, hour, has_active_call| {
        let history = DialHistory {
            dials_last_minute: minute,
            dials_to_number_last_hour: hour,
            has_active_call,
        };
        reasons(&guard("GB").check(&number("+442079460123"), &history, noon()))
    };
    assert_eq!(with(9, 2, false), []);
    assert_eq!(with(10, 0, false), [(Warn, TooManyDials)]);
    assert_eq!(with(0, 3, false), [(Warn, RepeatedDials)]);
    assert_eq!(with(0, 0, true), [(Warn, ActiveCall)]);
}

#[test]
fn blocks_come_before_warnings() {
    let history = DialHistory {
        has_active_call: true,
        ..DialHistory::default()
    };
    let findings = guard("IN").check(&number("+449012345678"), &history, noon());
    assert_eq!(
        reasons(&findings),
        [(Block, PremiumRate), (Warn, NewCountry), (Warn, ActiveCall)]
    );
    assert_eq!(GuardVerdict::worst(&findings), Block);
    assert_eq!(GuardVerdict::worst(&findings[1..]), Warn);
}
