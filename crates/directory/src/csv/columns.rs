//! What each column holds: by its heading, and where headings do not say, by what is in it.

mod words;

use ::csv::StringRecord;
use serde::{Deserialize, Serialize};
use telephony::{PhoneNumber, Region};

use self::words::Heading;
use super::{CELL_LIMIT, NOTE_LIMIT, cells};

/// How many lines are looked at to tell what a column holds.
const SAMPLE_LINES: usize = 50;

/// What a column is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Name,
    FirstName,
    MiddleName,
    LastName,
    Company,
    Email,
    Note,
    /// Groups, labels or categories.
    Tags,
    /// Yes or no.
    Favourite,
    /// Yes or no; calls to the person are blocked.
    DoNotCall,
    /// The same in rows that follow each other and are of one person.
    ContactId,
    Number {
        /// What all numbers of the column are, `mobile` or `work`.
        label: Option<String>,
    },
    /// Says of which kind the number in another column is, which is named by its place from 0.
    LabelOf(usize),
    /// Known, and not wanted: fax numbers and the like.
    Unused,
}

/// The roles of all columns, as far as known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns(Vec<Option<Role>>);

impl Columns {
    /// By a first line that names them; none if it holds a contact instead.
    pub(super) fn named(first: &StringRecord) -> Option<Self> {
        if first
            .iter()
            .any(|cell| cells::looks_like_email(cell) || cells::looks_like_number(cell))
        {
            return None;
        }
        let headings: Vec<Heading> = first.iter().map(Heading::new).collect();
        let mut roles: Vec<Option<Role>> = headings.iter().map(Heading::role).collect();
        // `Phone 1 - Type` says what the number in `Phone 1 - Value` is.
        for (index, heading) in headings.iter().enumerate() {
            if let Some(of) = heading.label_of() {
                let number = headings.iter().position(|other| other.is_labelled_by(&of));
                roles[index] = Some(number.map_or(Role::Unused, Role::LabelOf));
            }
        }
        // `number,label`: what stands right of numbers and is called no more than that.
        for index in 1..headings.len() {
            if headings[index].is_bare_label() && matches!(roles[index - 1], Some(Role::Number { .. })) {
                roles[index] = Some(Role::LabelOf(index - 1));
            }
        }
        // `Vorname;Name`, `Prénom;Nom`, `Nombre;Apellidos`: the same word names a whole or a part.
        let has = |role: &Role| roles.iter().flatten().any(|own| own == role);
        let (has_first, has_last) = (has(&Role::FirstName), has(&Role::LastName));
        for (role, heading) in roles.iter_mut().zip(&headings) {
            match role {
                Some(Role::Name) if heading.is_given_beside_surname() && has_last && !has_first => {
                    *role = Some(Role::FirstName);
                }
                Some(Role::Name) if heading.is_bare_name() && has_first && !has_last => *role = Some(Role::LastName),
                _ => {}
            }
        }
        roles
            .iter()
            .any(|role| !matches!(role, None | Some(Role::Unused)))
            .then_some(Self(roles))
    }

    /// As somebody has chosen them.
    pub(super) fn chosen(roles: Vec<Option<Role>>) -> Self {
        Self(roles)
    }

    pub(super) fn into_roles(self) -> Vec<Option<Role>> {
        self.0
    }

    /// The roles, each with its place.
    pub(super) fn roles(&self) -> impl Iterator<Item = (usize, Option<&Role>)> {
        self.0.iter().map(Option::as_ref).enumerate()
    }

    pub(super) fn role(&self, column: usize) -> Option<&Role> {
        self.0.get(column)?.as_ref()
    }

    /// The label that a line gives the number in a column, or else the column's own.
    pub(super) fn label(&self, record: &StringRecord, column: usize) -> Option<String> {
        let is_told = |other: &Option<Role>| *other == Some(Role::LabelOf(column));
        let told = record
            .iter()
            .zip(&self.0)
            .find(|(told, other)| is_told(other) && !told.is_empty());
        let told = told.map(|(told, _)| cells::unguarded(told.trim_start_matches('*').trim()).to_owned());
        told.or_else(|| match self.0.get(column) {
            Some(Some(Role::Number { label })) => label.clone(),
            _ => None,
        })
    }

    /// Fills in by content what headings left open.
    pub(super) fn completed_by_content<'a>(
        mut self,
        records: impl Iterator<Item = &'a StringRecord>,
        region: Region,
    ) -> Self {
        let sample: Vec<&StringRecord> = records.take(SAMPLE_LINES).collect();
        let width = sample.iter().map(|record| record.len()).max().unwrap_or(0);
        let is_headed = !self.0.is_empty();
        self.0.resize(width.max(self.0.len()), None);
        let is_mostly = |column: usize, test: &dyn Fn(&str) -> bool| {
            let cells: Vec<&str> = sample
                .iter()
                .filter_map(|record| record.get(column))
                .filter(|cell| !cell.is_empty())
                .collect();
            !cells.is_empty() && cells.iter().filter(|cell| test(cell)).count() * 2 > cells.len()
        };
        let is_number = |text: &str| {
            cells::looks_like_number(text)
                && cells::numbers_in(text).any(|text| PhoneNumber::parse(text, region).is_ok())
        };
        let lacks_numbers = !self.has(|role| matches!(role, Role::Number { .. }));
        let lacks_email = !self.has(|role| *role == Role::Email);
        for column in 0..self.0.len() {
            if self.0[column].is_some() {
                continue;
            }
            if lacks_numbers && is_mostly(column, &is_number) {
                self.0[column] = Some(Role::Number { label: None });
            } else if lacks_email && is_mostly(column, &cells::looks_like_email) {
                self.0[column] = Some(Role::Email);
            }
        }
        // What reaches nobody is prose, or something else that is no list of people.
        let is_reached = self.has(|role| matches!(role, Role::Number { .. } | Role::Email));
        if is_reached && !self.names_somebody() {
            let has_letters = |text: &str| text.chars().any(char::is_alphabetic);
            let texts: Vec<usize> = (0..self.0.len())
                .filter(|column| self.0[*column].is_none() && is_mostly(*column, &has_letters))
                .collect();
            let is_one_word = |text: &str| !text.contains(char::is_whitespace);
            let roles = match texts.as_slice() {
                // Under headings that say nothing to us, only the name may be guessed.
                _ if is_headed => &[Role::Name][..],
                // `Ann,Lee` rather than `Ann Lee,Globex`.
                [first, second, ..] if is_mostly(*first, &is_one_word) && is_mostly(*second, &is_one_word) => {
                    &[Role::FirstName, Role::LastName, Role::Company]
                }
                _ => &[Role::Name, Role::Company, Role::Note],
            };
            for (column, role) in texts.into_iter().zip(roles) {
                self.0[column] = Some(role.clone());
            }
        }
        self
    }

    /// Whether there is anything to take from the file.
    pub(super) fn is_usable(&self) -> bool {
        self.names_somebody() || self.has(|role| matches!(role, Role::Number { .. }))
    }

    pub(super) fn cells<'a>(&'a self, record: &'a StringRecord, role: &'a Role) -> impl Iterator<Item = &'a str> {
        record
            .iter()
            .zip(&self.0)
            .filter(move |(_, own)| own.as_ref() == Some(role))
            .map(|(cell, _)| cell)
    }

    /// The first cell in use that exceeds its limit: its column, and the limit.
    pub(super) fn first_exceeded(&self, record: &StringRecord) -> Option<(usize, usize)> {
        record
            .iter()
            .zip(&self.0)
            .enumerate()
            .find_map(|(column, (cell, role))| {
                let limit = match role.as_ref()? {
                    Role::Unused => return None,
                    Role::Note => NOTE_LIMIT,
                    Role::Name
                    | Role::FirstName
                    | Role::MiddleName
                    | Role::LastName
                    | Role::Company
                    | Role::Email
                    | Role::Tags
                    | Role::Favourite
                    | Role::DoNotCall
                    | Role::ContactId
                    | Role::Number { .. }
                    | Role::LabelOf(_) => CELL_LIMIT,
                };
                // Characters are never more than bytes.
                (cell.len() > limit && cell.chars().count() > limit).then_some((column, limit))
            })
    }

    fn names_somebody(&self) -> bool {
        self.has(|role| matches!(role, Role::Name | Role::FirstName | Role::LastName | Role::Company))
    }

    fn has(&self, test: impl Fn(&Role) -> bool) -> bool {
        self.0.iter().flatten().any(test)
    }
}
