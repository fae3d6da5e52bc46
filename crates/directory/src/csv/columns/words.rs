//! Headings in the words of those who export: address books and CRMs in English, German, French, Spanish and Hindi.

use super::Role;
use crate::text::folded;

/// A column's heading as lower-case words without diacritics.
pub(super) struct Heading {
    words: Vec<String>,
}

impl Heading {
    pub(super) fn new(text: &str) -> Self {
        let mut spaced = String::new();
        let mut was_lower = false;
        for letter in text.chars() {
            // `FirstName` is two words.
            if was_lower && letter.is_uppercase() {
                spaced.push(' ');
            }
            was_lower = letter.is_lowercase();
            spaced.push(letter);
        }
        let spaced = folded(&spaced).replace("e-mail", "email").replace(NUKTA, "");
        let words = spaced
            .split(|letter: char| !letter.is_alphanumeric() && letter != VIRAMA)
            .filter(|word| !word.is_empty());
        Self {
            words: words.map(str::to_owned).collect(),
        }
    }

    /// The heading of the column that this one labels.
    pub(super) fn label_of(&self) -> Option<String> {
        let (last, rest) = self.words.split_last()?;
        let is_label = matches!(last.as_str(), "type" | "label" | "typ") && self.has(PHONES) && !rest.is_empty();
        is_label.then(|| rest.join(" "))
    }

    /// Says of what stands left of it which kind it is.
    pub(super) fn is_bare_label(&self) -> bool {
        self.joined() == "label"
    }

    pub(super) fn is_labelled_by(&self, of: &str) -> bool {
        let own = self.words.join(" ");
        own == of || own.strip_suffix(" value") == Some(of)
    }

    /// Names a whole name where it stands alone, and a surname beside a given name.
    pub(super) fn is_bare_name(&self) -> bool {
        matches!(self.joined().as_str(), "name" | "nom" | "नाम")
    }

    /// Names a whole name where it stands alone, and a given name beside a surname.
    pub(super) fn is_given_beside_surname(&self) -> bool {
        matches!(self.joined().as_str(), "name" | "nombre" | "नाम")
    }

    pub(super) fn role(&self) -> Option<Role> {
        if self.has(&[
            "fax",
            "pager",
            "telex",
            "phonetic",
            "yomi",
            "file",
            "telecopie",
            "telefax",
            "फैक्स",
        ]) {
            return Some(Role::Unused);
        }
        let text = self.joined();
        let is = |any: &[&str]| any.contains(&text.as_str());
        if is(NAMES) {
            Some(Role::Name)
        } else if is(FIRST_NAMES) {
            Some(Role::FirstName)
        } else if is(&[
            "middle name",
            "middlename",
            "additional name",
            "middle",
            "zweiter vorname",
            "segundo nombre",
        ]) {
            Some(Role::MiddleName)
        } else if is(LAST_NAMES) {
            Some(Role::LastName)
        } else if is(COMPANIES) {
            Some(Role::Company)
        } else if is(NOTES) {
            Some(Role::Note)
        } else if is(TAGS) {
            Some(Role::Tags)
        } else if is(&[
            "favourite",
            "favorite",
            "favourites",
            "favorites",
            "starred",
            "favorit",
            "favori",
            "favorito",
        ]) {
            Some(Role::Favourite)
        } else if is(&[
            "do not call",
            "donotcall",
            "dnc",
            "do not phone",
            "nicht anrufen",
            "ne pas appeler",
            "no llamar",
        ]) {
            Some(Role::DoNotCall)
        } else if is(&["contact id"]) {
            Some(Role::ContactId)
        } else if is(&[
            "number",
            "numbers",
            "contact number",
            "no",
            "msisdn",
            "rufnummer",
            "numero",
            "नंबर",
        ]) {
            Some(Role::Number { label: None })
        } else if self.has(EMAILS) || is(&["ई मेल", "ई मेल पता"]) {
            // Outlook and CRMs have columns about addresses beside those that hold them.
            let is_about = self.has(&[
                "type",
                "typ",
                "label",
                "opt",
                "status",
                "display",
                "anzeigename",
                "format",
                "verified",
                "bounced",
                "domain",
                "count",
                "date",
                "last",
                "sent",
            ]);
            Some(if is_about { Role::Unused } else { Role::Email })
        } else if self.has(PHONES) {
            let is_about = self.has(&[
                "type",
                "typ",
                "label",
                "country",
                "extension",
                "ext",
                "carrier",
                "status",
                "verified",
                "opt",
                "date",
                "last",
                "call",
            ]);
            Some(if is_about {
                Role::Unused
            } else {
                Role::Number {
                    label: self.number_label(),
                }
            })
        } else {
            None
        }
    }

    fn has(&self, any: &[&str]) -> bool {
        self.words.iter().any(|word| any.contains(&word.as_str()))
    }

    /// The words without those that only count.
    fn joined(&self) -> String {
        let is_count = |word: &&String| word.bytes().all(|byte| byte.is_ascii_digit());
        let words = self.words.iter().filter(|word| !is_count(word));
        words.map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn number_label(&self) -> Option<String> {
        let label = LABELS.iter().find(|(_, words)| self.has(words));
        label.map(|(label, _)| (*label).to_owned())
    }
}

/// A sign under letters of Devanagari that many leave out.
const NUKTA: char = '\u{93c}';
/// Joins letters of Devanagari within a word.
const VIRAMA: char = '\u{94d}';

const NAMES: &[&str] = &[
    "name",
    "full name",
    "fullname",
    "display name",
    "contact",
    "contact name",
    "customer",
    "customer name",
    "person",
    "client",
    "client name",
    "lead",
    "lead name", //
    "vollstandiger name",
    "anzeigename",
    "kontakt",
    "kontaktname",
    "ansprechpartner",
    "kunde",
    "kundenname", //
    "nom",
    "nom complet",
    "nom affiche",
    "nom du contact",
    "nom du client", //
    "nombre",
    "nombre completo",
    "nombre para mostrar",
    "contacto",
    "cliente",
    "nombre del contacto", //
    "नाम",
    "पूरा नाम",
    "ग्राहक",
    "ग्राहक का नाम",
    "संपर्क",
    "संपर्क नाम",
];

const FIRST_NAMES: &[&str] = &[
    "first name",
    "firstname",
    "given name",
    "givenname",
    "forename",
    "first", //
    "vorname",
    "rufname",
    "prenom",
    "nombre de pila",
    "primer nombre",
    "पहला नाम",
    "प्रथम नाम",
];

const LAST_NAMES: &[&str] = &[
    "last name",
    "lastname",
    "surname",
    "family name",
    "familyname",
    "last", //
    "nachname",
    "familienname",
    "zuname",
    "nom de famille",
    "apellido",
    "apellidos",
    "primer apellido", //
    "उपनाम",
    "अंतिम नाम",
    "कुलनाम",
];

const COMPANIES: &[&str] = &[
    "company",
    "company name",
    "organisation",
    "organization",
    "organisation name",
    "organization name",
    "org",
    "business",
    "business name",
    "employer",
    "firm",
    "account name",
    "associated company",
    "account", //
    "firma",
    "firmenname",
    "unternehmen",
    "unternehmensname",
    "betrieb",
    "arbeitgeber", //
    "societe",
    "entreprise",
    "nom de la societe",
    "nom de l entreprise",
    "nom du compte",
    "organisme", //
    "empresa",
    "compania",
    "organizacion",
    "nombre de la empresa",
    "nombre de la cuenta", //
    "कंपनी",
    "कम्पनी",
    "कंपनी का नाम",
    "संस्था",
    "संगठन",
];

const NOTES: &[&str] = &[
    "note",
    "notes",
    "comment",
    "comments",
    "remark",
    "remarks",
    "description", //
    "notiz",
    "notizen",
    "bemerkung",
    "bemerkungen",
    "kommentar",
    "kommentare",
    "anmerkung",
    "anmerkungen",
    "beschreibung", //
    "remarque",
    "remarques",
    "commentaire",
    "commentaires", //
    "nota",
    "notas",
    "comentario",
    "comentarios",
    "observaciones",
    "descripcion", //
    "टिप्पणी",
    "टिप्पणियां",
    "नोट",
    "विवरण",
];

const TAGS: &[&str] = &[
    "tag",
    "tags",
    "lead tag",
    "contact tag",
    "category",
    "categories",
    "group",
    "groups",
    "group membership",
    "labels", //
    "kategorie",
    "kategorien",
    "gruppe",
    "gruppen",
    "categorie",
    "etiquette",
    "etiquettes",
    "libelles", //
    "categoria",
    "categorias",
    "etiqueta",
    "etiquetas",
    "grupo",
    "grupos",
    "श्रेणी",
    "टैग",
    "समूह",
];

const EMAILS: &[&str] = &["email", "mail", "emailadresse", "courriel", "correo", "ईमेल"];

const PHONES: &[&str] = &[
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
    "mob", //
    "telefon",
    "telefonnummer",
    "handy",
    "handynummer",
    "mobil",
    "mobiltelefon",
    "mobilnummer",
    "mobilfunk",
    "festnetz",
    "durchwahl",
    "haupttelefon", //
    "portable",
    "fixe",
    "telefono",
    "movil",
    "celular", //
    "फोन",
    "मोबाइल",
    "टेलीफोन",
    "दूरभाष",
];

const LABELS: &[(&str, &[&str])] = &[
    (
        "mobile",
        &[
            "mobile",
            "cell",
            "cellphone",
            "cellular",
            "handy",
            "handynummer",
            "mobil",
            "mobiltelefon",
            "mobilnummer",
            "mobilfunk",
            "portable",
            "movil",
            "celular",
            "मोबाइल",
        ],
    ),
    (
        "work",
        &[
            "work",
            "business",
            "office",
            "company",
            "geschaftlich",
            "arbeit",
            "buro",
            "firma",
            "bureau",
            "professionnel",
            "travail",
            "trabajo",
            "oficina",
            "कार्यालय",
        ],
    ),
    (
        "home",
        &[
            "home",
            "private",
            "privat",
            "domicile",
            "personnel",
            "casa",
            "particular",
            "घर",
        ],
    ),
    ("direct", &["direct", "durchwahl", "directo"]),
    ("main", &["main", "primary", "haupttelefon", "principal"]),
    ("other", &["other", "weiteres", "autre", "otro"]),
];
