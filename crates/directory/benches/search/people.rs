//! Made-up people: the same ones for the same seed, and how somebody would type each of them.
//!
//! How a name is typed stands in the tables, by hand; it is not derived from the code that is measured.

mod names;

use directory::search::SearchContact;
use telephony::PhoneNumber;

use self::names::{COMPANY_FIRST, COMPANY_KIND, COMPANY_SECOND, INDIAN_FIRST, Part, SCRIPTS};

/// A sequence of numbers that looks random and is the same each time (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `sides`.
    pub fn below(&mut self, sides: usize) -> usize {
        (self.roll() % sides.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// The first ones far more often than the last, as with first names.
    fn pick_common<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let share = self.below(1 << 20) as f64 / f64::from(1 << 20);
        &from[((share * share) * from.len() as f64) as usize]
    }
}

/// Somebody, and how they are typed.
pub struct Person {
    pub contact: SearchContact,
    pub script: &'static str,
    /// In plain Latin letters: first name, family name, and for some a name between.
    pub typed: Vec<String>,
    /// In the other script that their names are written in, where the tables have it.
    pub typed_otherwise: Option<String>,
    /// A word of the company.
    pub company: Option<String>,
}

/// So many people, with keys from 1.
pub fn people(count: usize, seed: u64) -> impl Iterator<Item = Person> {
    let mut dice = Dice(seed);
    (1..=count as u64).map(move |key| person(key, &mut dice))
}

fn person(key: u64, dice: &mut Dice) -> Person {
    let mut share = dice.roll() % 1000;
    let script = SCRIPTS
        .iter()
        .find(|script| {
            let is_it = share < script.share;
            share = share.wrapping_sub(script.share);
            is_it
        })
        .unwrap_or(&SCRIPTS[0]);
    let first = dice.pick_common(script.first);
    let stem = dice.pick(script.stems);
    let ending = dice.pick(script.endings);
    let middle = (script.name != "Han" && dice.below(100) < 60).then(|| dice.pick(script.first));
    let join = |part: fn(&Part) -> &'static str| {
        let family = format!("{}{}", part(stem), part(ending));
        let parts = [
            Some(part(first).to_owned()),
            middle.map(|name| part(name).to_owned()),
            Some(family),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>()
    };
    let (written, typed) = (join(|part| part.0), join(|part| part.1));
    let is_shared = std::ptr::eq(script.first, INDIAN_FIRST);
    let name = if script.is_written_first {
        written.join(" ")
    } else {
        typed.join(" ")
    };
    let typed_otherwise = (is_shared && !script.is_written_first).then(|| written.join(" "));

    let company = (dice.below(100) < 70).then(|| {
        let first = format!("{}{}", dice.pick(COMPANY_FIRST), dice.pick(COMPANY_SECOND));
        format!("{first} {}", dice.pick(COMPANY_KIND))
    });
    let email = (dice.below(100) < 60).then(|| {
        let at = company.as_deref().unwrap_or("post").to_lowercase().replace(' ', "-");
        let who = typed.concat().to_lowercase().replace(' ', "");
        format!("{who}{}@{at}.example", dice.below(100))
    });
    let numbers = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3][dice.below(20)];
    Person {
        contact: SearchContact {
            key,
            name,
            company: company.clone(),
            email,
            numbers: (0..numbers).map(|_| number(dice)).collect(),
        },
        script: script.name,
        typed,
        typed_otherwise,
        company: company.and_then(|name| name.split(' ').next().map(str::to_owned)),
    }
}

/// Ofcom's and the North American plan's numbers for drama, and since a million distinct ones are needed, numbers
/// behind +999, a code that no country has and that nobody can dial.
fn number(dice: &mut Dice) -> PhoneNumber {
    let text = match dice.below(50) {
        0 => format!("+4420794600{:02}", dice.below(100)),
        1 => format!("+120255501{:02}", dice.below(100)),
        _ => format!("+999{:09}", dice.below(1_000_000_000)),
    };
    PhoneNumber::from_e164(&text).expect("E.164 by construction")
}
