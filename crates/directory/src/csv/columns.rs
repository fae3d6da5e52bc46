//! What each column holds: by its heading, and where headings do not say, by what is in it.

use ::csv::StringRecord;
use telephony::Region;

use super::{CELL_LIMIT, NOTE_LIMIT, cells};

/// How many lines are looked at to tell what a column holds.
const SAMPLE_LINES: usize = 50;

/// What a column is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Name,
    FirstName,
    MiddleName,
    LastName,
    Company,
    Email,
    Note,
    Number {
        label: Option<String>,
    },
    /// Says of which kind the number in another column is.
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
                let is_labelled = |other: &Heading| {
                    let own = other.words.join(" ");
                    own == of || own == format!("{of} value")
                };
                let number = headings.iter().position(is_labelled);
                roles[index] = Some(number.map_or(Role::Unused, Role::LabelOf));
            }
        }
        roles
            .iter()
            .any(|role| !matches!(role, None | Some(Role::Unused)))
            .then_some(Self(roles))
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
            cells::looks_like_number(text) && cells::numbers_in(text).any(|text| cells::number(text, region).is_ok())
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
        if !self.names_somebody() {
            let has_letters = |text: &str| text.chars().any(char::is_alphabetic);
            let texts: Vec<usize> = (0..self.0.len())
                .filter(|column| self.0[*column].is_none() && is_mostly(*column, &has_letters))
                .collect();
            let is_one_word = |text: &str| !text.contains(char::is_whitespace);
            let roles = match texts.as_slice() {
                // `Ann,Lee` rather than `Ann Lee,Globex`.
                [first, second, ..] if is_mostly(*first, &is_one_word) && is_mostly(*second, &is_one_word) => {
                    [Role::FirstName, Role::LastName, Role::Company]
                }
                _ => [Role::Name, Role::Company, Role::Note],
            };
            // Under headings that say nothing to us, only the name may be guessed.
            let wanted = if is_headed { 1 } else { roles.len() };
            for (column, role) in texts.into_iter().zip(roles).take(wanted) {
                self.0[column] = Some(role);
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

    /// The cells that hold numbers, each with the label of its column or line.
    pub(super) fn numbers<'a>(&'a self, record: &'a StringRecord) -> impl Iterator<Item = (&'a str, Option<String>)> {
        record
            .iter()
            .zip(&self.0)
            .enumerate()
            .filter_map(move |(column, (cell, role))| match role {
                Some(Role::Number { label }) => {
                    let is_told = |other: &Option<Role>| *other == Some(Role::LabelOf(column));
                    let told = record
                        .iter()
                        .zip(&self.0)
                        .find(|(told, other)| is_told(other) && !told.is_empty());
                    let told = told.map(|(told, _)| cells::unguarded(told.trim_start_matches('*').trim()).to_owned());
                    Some((cell, told.or_else(|| label.clone())))
                }
                _ => None,
            })
    }

    /// The limit that one of the cells in use exceeds.
    pub(super) fn exceeded(&self, record: &StringRecord) -> Option<usize> {
        record.iter().zip(&self.0).find_map(|(cell, role)| {
            let limit = match role.as_ref()? {
                Role::Unused => return None,
                Role::Note => NOTE_LIMIT,
                Role::Name
                | Role::FirstName
                | Role::MiddleName
                | Role::LastName
                | Role::Company
                | Role::Email
                | Role::Number { .. }
                | Role::LabelOf(_) => CELL_LIMIT,
            };
            // Characters are never more than bytes.
            (cell.len() > limit && cell.chars().count() > limit).then_some(limit)
        })
    }

    fn names_somebody(&self) -> bool {
        self.has(|role| matches!(role, Role::Name | Role::FirstName | Role::LastName | Role::Company))
    }

    fn has(&self, test: impl Fn(&Role) -> bool) -> bool {
        self.0.iter().flatten().any(test)
    }
}

/// A column's heading as lower-case words.
struct Heading {
    words: Vec<String>,
}

impl Heading {
    fn new(text: &str) -> Self {
        let mut spaced = String::new();
        let mut was_lower = false;
        for letter in text.chars() {
            // `FirstName` is two words.
            if was_lower && letter.is_uppercase() {
                spaced.push(' ');
            }
            was_lower = letter.is_lowercase();
            spaced.extend(letter.to_lowercase());
        }
        let spaced = spaced.replace("e-mail", "email");
        let words = spaced
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty());
        Self {
            words: words.map(str::to_owned).collect(),
        }
    }

    fn has(&self, any: &[&str]) -> bool {
        self.words.iter().any(|word| any.contains(&word.as_str()))
    }

    /// The heading of the column that this one labels.
    fn label_of(&self) -> Option<String> {
        let (last, rest) = self.words.split_last()?;
        let is_label = matches!(last.as_str(), "type" | "label") && self.has(&PHONE_WORDS) && !rest.is_empty();
        is_label.then(|| rest.join(" "))
    }

    fn role(&self) -> Option<Role> {
        let text = self
            .words
            .iter()
            .filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
        let text = text.map(String::as_str).collect::<Vec<_>>().join(" ");
        if self.has(&["fax", "pager", "telex", "phonetic", "yomi", "file"]) {
            return Some(Role::Unused);
        }
        match text.as_str() {
            "name" | "full name" | "fullname" | "display name" | "contact" | "contact name" | "customer"
            | "customer name" | "person" | "client" | "client name" | "lead" | "lead name" => Some(Role::Name),
            "first name" | "firstname" | "given name" | "givenname" | "forename" | "first" => Some(Role::FirstName),
            "middle name" | "middlename" | "additional name" | "middle" => Some(Role::MiddleName),
            "last name" | "lastname" | "surname" | "family name" | "familyname" | "last" => Some(Role::LastName),
            "company" | "company name" | "organisation" | "organization" | "organisation name"
            | "organization name" | "org" | "business" | "business name" | "employer" | "firm" | "account name" => {
                Some(Role::Company)
            }
            "note" | "notes" | "comment" | "comments" | "remark" | "remarks" | "description" => Some(Role::Note),
            "number" | "numbers" | "contact number" | "no" | "msisdn" => Some(Role::Number { label: None }),
            _ if self.has(&["email", "mail"]) => {
                let is_address = !self.has(&["type", "label", "opt", "status"]);
                Some(if is_address { Role::Email } else { Role::Unused })
            }
            _ if self.has(&PHONE_WORDS) => {
                let is_number = !self.has(&["type", "label", "country", "extension", "ext", "carrier", "status"]);
                Some(if is_number {
                    Role::Number {
                        label: self.number_label(),
                    }
                } else {
                    Role::Unused
                })
            }
            _ => None,
        }
    }

    fn number_label(&self) -> Option<String> {
        let labels: [(&str, &[&str]); 6] = [
            ("mobile", &["mobile", "cell", "cellphone", "cellular"]),
            ("work", &["work", "business", "office", "company"]),
            ("home", &["home", "private"]),
            ("direct", &["direct"]),
            ("main", &["main", "primary"]),
            ("other", &["other"]),
        ];
        labels
            .into_iter()
            .find(|(_, words)| self.has(words))
            .map(|(label, _)| label.to_owned())
    }
}

const PHONE_WORDS: [&str; 12] = [
    "phone",
    "phones",
    "telephone",
    "tel",
    "mobile",
    "cell",
    "cellphone",
    "cellular",
    "landline",
    "whatsapp",
    "phonenumber",
    "mob",
];
