//! Why something in a row cannot be taken, in words for the person who has the file.

use std::fmt;

use telephony::NumberProblem;

/// Why something in a row cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Not a number that can be called.
    Number(NumberProblem),
    /// A number as it is dialled within a country, and nobody said which.
    NoCountry,
    /// A spreadsheet has turned the number into `4.42E+11`: its digits are gone.
    Rounded,
    /// The number was taken without its extension.
    ExtensionTooLong,
    /// Neither a name nor a company nor a number nor an e-mail address.
    Nobody,
    /// A quote opens a cell, and nothing closes it.
    QuoteNotClosed,
    /// More characters than anybody means to put there.
    TooLong { limit: usize },
    /// A note of more characters than are kept; its beginning was taken.
    NoteCut { limit: usize },
    /// A row or line of more bytes than are looked at.
    RowTooLong { limit: usize },
    /// Bytes of zero: a file that is damaged, or no text.
    ZeroBytes,
    /// More numbers, addresses or tags than one contact can have; the first were taken.
    TooMany { limit: usize },
    /// A card begins or the file ends before the card is closed.
    EndMissing,
    /// A line of a card without a colon.
    NoColon,
    /// The value is packed in a way that only pictures are.
    Packed,
}

impl Cause {
    /// The same for all of a kind, for faces that have words of their own.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::NoCountry => "no_country",
            Self::Rounded => "rounded",
            Self::ExtensionTooLong => "extension_too_long",
            Self::Nobody => "nobody",
            Self::QuoteNotClosed => "quote_not_closed",
            Self::TooLong { .. } => "too_long",
            Self::NoteCut { .. } => "note_cut",
            Self::RowTooLong { .. } => "row_too_long",
            Self::ZeroBytes => "zero_bytes",
            Self::TooMany { .. } => "too_many",
            Self::EndMissing => "end_missing",
            Self::NoColon => "no_colon",
            Self::Packed => "packed",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Number(problem) => number_step(problem),
            Self::NoCountry => {
                "Choose the country of these numbers, or write them with a plus and the country code, like +44 20 7946 0123."
            }
            Self::Rounded => "Format the column as text in the spreadsheet, enter the full number, and export again.",
            Self::ExtensionTooLong => "Write the extension into the note if you need it.",
            Self::Nobody => "Add a name, a company or a number, or delete the row.",
            Self::QuoteNotClosed => "Add the closing quotation mark, or remove the opening one.",
            Self::TooLong { .. } => "Shorten the text, or move it to the note.",
            Self::NoteCut { .. } => "Keep the rest elsewhere if you need it.",
            Self::RowTooLong { .. } => {
                "Check that the file is whole and that its line breaks are, then export it again."
            }
            Self::ZeroBytes => "Export the contacts again; if it stays, save the file as UTF-8 text.",
            Self::TooMany { .. } => "Split the contact in two if you need the rest.",
            Self::EndMissing => "Check that the contact is complete; the file may have been cut off. Export it again.",
            Self::NoColon => "Export the contact again. If a note has line breaks, the program must fold them.",
            Self::Packed => "Export the contact again as vCard 3.0 or 4.0.",
        }
    }
}

fn number_step(problem: &NumberProblem) -> &'static str {
    match problem {
        NumberProblem::Empty | NumberProblem::NoDigits => "Enter the number, or leave the field empty.",
        NumberProblem::TooShort { .. } => {
            "Add the missing digits, or the country code with a plus if it is a number of another country."
        }
        NumberProblem::TooLong { .. } => {
            "Remove the digits that are too many; put a semicolon between two numbers in one field."
        }
        NumberProblem::ServiceCode => "Enter the number itself, without codes such as *21#.",
        NumberProblem::Emergency { .. } | NumberProblem::ShortNumber { .. } => {
            "Enter the full number; short numbers cannot be called from here."
        }
        NumberProblem::Invalid { .. } => {
            "Check the number and the country chosen for the import; numbers of other countries begin with a plus."
        }
        NumberProblem::UnknownCountry => "Check the country code after the plus.",
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(why) => write!(f, "This cannot be called: {why}."),
            Self::NoCountry => f.write_str("This number does not say which country it is in."),
            Self::Rounded => f.write_str("A spreadsheet has rounded this number, and its last digits are lost."),
            Self::ExtensionTooLong => write!(
                f,
                "The extension is longer than {} digits; the number was taken without it.",
                crate::contact::EXTENSION_DIGITS
            ),
            Self::Nobody => f.write_str("There is no name, company, number or e-mail address."),
            Self::QuoteNotClosed => f.write_str("A quotation mark is opened here and never closed."),
            Self::TooLong { limit } => write!(f, "This is longer than {limit} characters."),
            Self::NoteCut { limit } => write!(
                f,
                "This note is longer than {limit} characters; its beginning was taken."
            ),
            Self::RowTooLong { limit } => write!(f, "This row is longer than {} KiB.", limit / 1024),
            Self::ZeroBytes => f.write_str("This row contains zero bytes: the file is damaged or is not text."),
            Self::TooMany { limit } => write!(f, "There are more than {limit}; the first {limit} were taken."),
            Self::EndMissing => f.write_str("The card is not closed: its line END:VCARD is missing."),
            Self::NoColon => f.write_str("This line has no colon, so it says nothing that could be read."),
            Self::Packed => f.write_str("This text is packed as pictures are (base64)."),
        }
    }
}
