//! What the quick dial bar is answered with.

use jiff::Timestamp;
use telephony::{CallLink, LinkScheme, numbers_in};

use super::numbers::is_of_numbers;
use crate::api::{ApiError, ErrorClass, Reply};
use crate::core::{Core, Ended};
use crate::desks::contacts::ContactsDesk;
use crate::effect::Answer;
use crate::quick::{
    FREQUENT_WITHIN, MISSED_WITHIN, MOST_OF_A_KIND, MOST_ROWS, QuickKind, QuickRow, QuickView, QuickWhen, Wanted,
    commands, missed, once_each, splits,
};
use crate::shortcuts;
use crate::view::{MOST_KEPT_MINUTES, QuickDialSettings, TargetCheck};

/// Calls that are looked through for missed ones.
const MOST_CALLS: u32 = 60;
/// Of what was selected in another program, so much is read: a number stands at its beginning, or it is not meant.
const MOST_TEXT: usize = 4_096;

impl Core {
    /// Rows for a text of the bar.
    pub(in crate::core) fn quick(
        &mut self,
        text: &str,
        account: Option<&str>,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        let rows = |rows| QuickView {
            rows,
            check: None,
            when: None,
        };
        match Wanted::read(text) {
            Wanted::Nothing => {
                let first = self.at_hand(now);
                self.beside(answer, move |contacts| {
                    let known = contacts.well_known(now)?;
                    let rows = rows(once_each(first.into_iter().chain(known).collect(), MOST_ROWS));
                    Ok(Reply::Quick(Box::new(rows)))
                })
            }
            Wanted::Command(words) => {
                let rows = rows(commands(words));
                self.answer(answer, Ok(Reply::Quick(Box::new(rows))));
                None
            }
            Wanted::Tag(tag) => {
                let tag = tag.to_owned();
                self.beside(answer, move |contacts| {
                    contacts.tagged(&tag).map(|found| Reply::Quick(Box::new(rows(found))))
                })
            }
            Wanted::People(name) => {
                let name = name.to_owned();
                self.beside(answer, move |contacts| {
                    let found = contacts.quick_found(&name)?;
                    Ok(Reply::Quick(Box::new(rows(found))))
                })
            }
            Wanted::Anything(text) => self.quick_anything(text, account, answer, now),
        }
    }

    fn quick_anything(&mut self, text: &str, account: Option<&str>, answer: Answer, now: Timestamp) -> Option<Ended> {
        // A number is a number, whatever its digits say as a time.
        let check = match self.check_address(text, account, now) {
            Ok(check) => check,
            Err(error) => {
                self.answer(answer, Err(error));
                return None;
            }
        };
        let is_address = check.number.is_some()
            || check.shown.is_some()
            || (self.accounts.choose(account)).is_ok_and(|account| is_of_numbers(text, account.region()));
        let timed = if is_address {
            Vec::new()
        } else {
            self.timed(text, account, now)
        };
        let text = text.to_owned();
        self.beside(answer, move |contacts| {
            for (who, check, when) in timed {
                let rows = with_typed(&check, contacts.quick_found(&who)?);
                if !rows.is_empty() {
                    let (check, when) = (Some(check), Some(when));
                    return Ok(Reply::Quick(Box::new(QuickView { rows, check, when })));
                }
            }
            let rows = with_typed(&check, contacts.quick_found(&text)?);
            Ok(Reply::Quick(Box::new(QuickView {
                rows,
                check: Some(check),
                when: None,
            })))
        })
    }

    /// What the app offers before anything is typed: promises, what goes on, what was missed.
    fn at_hand(&self, now: Timestamp) -> Vec<QuickRow> {
        let callbacks = self.callbacks.views(now);
        let due = callbacks
            .iter()
            .filter(|callback| callback.due)
            .map(QuickRow::of_callback);
        let active = self.calls.views(&self.accounts, now);
        let active = active.iter().map(|call| QuickRow::of_call(QuickKind::ActiveCall, call));
        let since = now.saturating_sub(MISSED_WITHIN).ok();
        let calls = self.history(MOST_CALLS, since, None).unwrap_or_else(|error| {
            tracing::warn!(code = %error.code, "missed calls could not be looked up");
            Vec::new()
        });
        let missed = missed(&calls);
        let missed = missed
            .into_iter()
            .map(|call| QuickRow::of_call(QuickKind::Missed, call));
        due.take(MOST_OF_A_KIND)
            .chain(active.take(MOST_OF_A_KIND))
            .chain(missed.take(MOST_OF_A_KIND))
            .collect()
    }

    /// How the text may be read as somebody with a time behind them.
    fn timed(&self, text: &str, account: Option<&str>, now: Timestamp) -> Vec<(String, TargetCheck, QuickWhen)> {
        let read = |(who, when): (&str, &str)| {
            let check = self.check_when(when, None, Some(who), account, now).ok()?;
            let when = QuickWhen {
                text: when.to_owned(),
                check,
            };
            Some((who.to_owned(), self.check_address(who, account, now).ok()?, when))
        };
        splits(text).filter_map(read).collect()
    }

    /// The number in what was selected or copied in another program, as it stands there: the first text that has one.
    ///
    /// None where there is none: what was copied is nobody's business then, and goes nowhere.
    pub(in crate::core) fn number_in(&self, texts: &[String], account: Option<&str>) -> Result<Reply, ApiError> {
        let region = self.accounts.choose_or_first(account)?.region();
        let found = texts.iter().find_map(|text| {
            let text = beginning(text);
            let whole = text.trim();
            // The number to call from that a link of our own may name is nobody to call.
            if LinkScheme::of(whole) == Some(LinkScheme::Dialdeck) {
                return CallLink::read(whole)?.ok().map(|link| link.target);
            }
            // What is a number as a whole may be one in more ways than one that is found in a text.
            if is_of_numbers(whole, region) {
                return Some(whole.to_owned());
            }
            let first = numbers_in(text, region).into_iter().next()?;
            text.get(first.range).map(|number| number.trim().to_owned())
        });
        Ok(Reply::NumberFound(found))
    }
}

impl ContactsDesk {
    /// People for a text, each with when there was a call with them last.
    fn quick_found(&self, text: &str) -> Result<Vec<QuickRow>, ApiError> {
        let rows = self.search(text, most())?;
        rows.into_iter()
            .map(|row| self.quick_row(QuickKind::Found, row))
            .collect()
    }

    /// Everybody with a tag that begins so, with their first number.
    fn tagged(&self, tag: &str) -> Result<Vec<QuickRow>, ApiError> {
        let rows = self.with_tag(tag, most())?;
        rows.into_iter()
            .map(|row| self.quick_row(QuickKind::Found, row))
            .collect()
    }

    /// Favourites, and after them whoever there were many calls with.
    fn well_known(&self, now: Timestamp) -> Result<Vec<QuickRow>, ApiError> {
        let favourites = self.favourites()?.into_iter().filter(|row| row.number.is_some());
        let mut rows = favourites
            .take(MOST_OF_A_KIND)
            .map(|row| self.quick_row(QuickKind::Favourite, row))
            .collect::<Result<Vec<_>, _>>()?;
        let since = now.saturating_sub(FREQUENT_WITHIN).unwrap_or(Timestamp::MIN);
        for row in self.in_use(since, most())? {
            rows.push(self.quick_row(QuickKind::Frequent, row)?);
        }
        Ok(rows)
    }

    fn quick_row(&self, kind: QuickKind, row: crate::view::SearchRow) -> Result<QuickRow, ApiError> {
        let (last, country) = match &row.number {
            Some(number) => (
                self.last_call_with(number)?,
                number.region().map(|region| region.to_string()),
            ),
            None => (None, None),
        };
        Ok(QuickRow {
            at: last,
            ..QuickRow::of_person(kind, row, country)
        })
    }
}

/// The number that was typed stands first, or each that the text may mean, unless it is the number of the one who was found.
fn with_typed(check: &TargetCheck, found: Vec<QuickRow>) -> Vec<QuickRow> {
    let typed = match &check.number {
        Some(_) => QuickRow::of_check(check).into_iter().collect(),
        None if check.readings.is_empty() => QuickRow::of_check(check).into_iter().collect(),
        None => check.readings.iter().map(QuickRow::of_reading).collect::<Vec<_>>(),
    };
    // Whom of those who share a number it is for, nobody has said.
    let is_shared = check.contact.as_ref().is_some_and(|contact| !contact.is_certain());
    let is_new = |row: &QuickRow| is_shared || !found.iter().any(|known| known.target == row.target);
    let mut rows: Vec<_> = typed.into_iter().filter(is_new).collect();
    rows.extend(found);
    rows.truncate(MOST_ROWS);
    rows
}

fn most() -> u32 {
    u32::try_from(MOST_ROWS).unwrap_or(u32::MAX)
}

/// The settings of the bar with each key in its one form.
pub(super) fn checked(wanted: &QuickDialSettings) -> Result<QuickDialSettings, ApiError> {
    let read = |text: &str| {
        shortcuts::written(text)
            .map_err(|problem| ApiError::new(ErrorClass::Usage, problem.code()).with("key", text.trim()))
    };
    let checked = QuickDialSettings {
        key: read(&wanted.key)?,
        selection_key: read(&wanted.selection_key)?,
        end_key: read(&wanted.end_key)?,
        kept_minutes: wanted.kept_minutes,
    };
    let keys = [&checked.key, &checked.selection_key, &checked.end_key];
    for (place, key) in keys.iter().enumerate() {
        if !key.is_empty() && keys[..place].contains(key) {
            return Err(ApiError::new(ErrorClass::Usage, "shortcut_twice").with("key", key));
        }
    }
    if checked.kept_minutes > MOST_KEPT_MINUTES {
        return Err(ApiError::new(ErrorClass::Usage, "bar_kept_too_long").with("most", MOST_KEPT_MINUTES));
    }
    Ok(checked)
}

/// As much of a text as is read.
fn beginning(text: &str) -> &str {
    let end = text.floor_char_boundary(MOST_TEXT);
    &text[..end]
}
