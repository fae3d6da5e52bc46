//! Made-up people: the same ones for the same seed, and how somebody would type each of them.
//!
//! How a name is typed stands in the tables, by hand; it is not derived from the code that is measured.

use directory::search::SearchContact;
use telephony::PhoneNumber;

/// Written, and as it is typed in plain Latin letters.
type Part = (&'static str, &'static str);

/// How one way of writing makes names: a first name, and a family name of a stem and an ending.
struct Script {
    name: &'static str,
    /// Of a thousand people, those whose names are written so.
    share: u64,
    is_written_first: bool,
    first: &'static [Part],
    stems: &'static [Part],
    endings: &'static [Part],
}

const INDIAN_FIRST: &[Part] = &[
    ("आशा", "Asha"),
    ("किरण", "Kiran"),
    ("संजय", "Sanjay"),
    ("अनिल", "Anil"),
    ("सुनील", "Sunil"),
    ("रवि", "Ravi"),
    ("विजय", "Vijay"),
    ("दीपक", "Deepak"),
    ("मीना", "Meena"),
    ("सीता", "Sita"),
    ("गीता", "Gita"),
    ("राम", "Ram"),
    ("मोहन", "Mohan"),
    ("राजेश", "Rajesh"),
    ("सुरेश", "Suresh"),
    ("महेश", "Mahesh"),
    ("दिनेश", "Dinesh"),
    ("गणेश", "Ganesh"),
    ("नीता", "Nita"),
    ("रेखा", "Rekha"),
    ("अमित", "Amit"),
    ("रोहित", "Rohit"),
    ("निशा", "Nisha"),
    ("पूजा", "Puja"),
    ("कविता", "Kavita"),
    ("सविता", "Savita"),
    ("मनोज", "Manoj"),
    ("विनोद", "Vinod"),
    ("अशोक", "Ashok"),
    ("आनंद", "Anand"),
    ("प्रकाश", "Prakash"),
    ("सुधीर", "Sudhir"),
    ("नरेश", "Naresh"),
    ("हरीश", "Harish"),
    ("लीला", "Leela"),
    ("उमा", "Uma"),
    ("शांति", "Shanti"),
    ("माया", "Maya"),
    ("तारा", "Tara"),
    ("राहुल", "Rahul"),
];
const INDIAN_STEMS: &[Part] = &[
    ("चंद्र", "Chandra"),
    ("राम", "Ram"),
    ("देव", "Dev"),
    ("कृष्ण", "Krishna"),
    ("सूर्य", "Surya"),
    ("महा", "Maha"),
    ("विश्व", "Vishwa"),
    ("जय", "Jay"),
    ("सुख", "Sukh"),
    ("धर्म", "Dharm"),
    ("शिव", "Shiv"),
    ("गुरु", "Guru"),
    ("नाग", "Nag"),
    ("पद्म", "Padma"),
    ("राज", "Raj"),
    ("वीर", "Veer"),
    ("सोम", "Som"),
    ("हरि", "Hari"),
    ("मणि", "Mani"),
    ("बाल", "Bal"),
    ("लाल", "Lal"),
    ("मुकुंद", "Mukund"),
    ("केसर", "Kesar"),
    ("मेघ", "Megh"),
    ("दया", "Daya"),
    ("बसंत", "Basant"),
    ("तुलसी", "Tulsi"),
    ("गोपाल", "Gopal"),
    ("भगत", "Bhagat"),
    ("निर्मल", "Nirmal"),
];
const INDIAN_ENDINGS: &[Part] = &[
    ("न", "an"),
    ("नाथ", "nath"),
    ("दास", "das"),
    ("कर", "kar"),
    ("वाल", "wal"),
    ("पुरी", "puri"),
    ("राव", "rao"),
    ("लाल", "lal"),
    ("मूर्ति", "murti"),
    ("पाल", "pal"),
    ("नगर", "nagar"),
    ("वाडी", "wadi"),
    ("सेन", "sen"),
    ("जीत", "jit"),
    ("कांत", "kant"),
    ("मोहन", "mohan"),
    ("प्रसाद", "prasad"),
    ("सिंह", "sinh"),
    ("तिलक", "tilak"),
    ("भूषण", "bhushan"),
    ("गिरि", "giri"),
    ("सागर", "sagar"),
    ("बाबू", "babu"),
    ("नारायण", "narayan"),
];
const WESTERN_FIRST: &[Part] = &[
    ("Jörg", "Jorg"),
    ("José", "Jose"),
    ("François", "Francois"),
    ("Søren", "Soren"),
    ("Łukasz", "Lukasz"),
    ("Anna", "Anna"),
    ("Zoë", "Zoe"),
    ("Björn", "Bjorn"),
    ("Åsa", "Asa"),
    ("Émile", "Emile"),
    ("Inés", "Ines"),
    ("Jürgen", "Jurgen"),
    ("Renée", "Renee"),
    ("Žofie", "Zofie"),
    ("Ágnes", "Agnes"),
    ("Peter", "Peter"),
    ("Maria", "Maria"),
    ("Thomas", "Thomas"),
    ("Laura", "Laura"),
    ("Oliver", "Oliver"),
    ("Emma", "Emma"),
    ("Lucas", "Lucas"),
    ("Julia", "Julia"),
    ("Simon", "Simon"),
    ("Clara", "Clara"),
    ("Robert", "Robert"),
    ("Helena", "Helena"),
    ("Martin", "Martin"),
    ("Nadia", "Nadia"),
    ("Victor", "Victor"),
    ("Stefan", "Stefan"),
    ("Paula", "Paula"),
    ("Andrés", "Andres"),
    ("Óscar", "Oscar"),
    ("Raúl", "Raul"),
    ("Şebnem", "Sebnem"),
    ("Çelik", "Celik"),
    ("Niño", "Nino"),
    ("Hélène", "Helene"),
    ("Mikołaj", "Mikolaj"),
];
const WESTERN_STEMS: &[Part] = &[
    ("Müll", "Mull"),
    ("Größ", "Gross"),
    ("Königs", "Konigs"),
    ("Berg", "Berg"),
    ("Stein", "Stein"),
    ("Lind", "Lind"),
    ("Åker", "Aker"),
    ("Grøn", "Gron"),
    ("Holm", "Holm"),
    ("Wald", "Wald"),
    ("Schön", "Schon"),
    ("Häus", "Haus"),
    ("Brück", "Bruck"),
    ("Fern", "Fern"),
    ("Garc", "Garc"),
    ("Núñ", "Nun"),
    ("Peñ", "Pen"),
    ("Dub", "Dub"),
    ("Lefèv", "Lefev"),
    ("Kowal", "Kowal"),
    ("Wiśn", "Wisn"),
    ("Černý", "Cerny"),
    ("Szab", "Szab"),
    ("Hartw", "Hartw"),
    ("Winter", "Winter"),
    ("Sommer", "Sommer"),
    ("Eich", "Eich"),
    ("Birk", "Birk"),
    ("Roth", "Roth"),
    ("Falk", "Falk"),
];
const WESTERN_ENDINGS: &[Part] = &[
    ("er", "er"),
    ("mann", "mann"),
    ("sson", "sson"),
    ("ström", "strom"),
    ("gård", "gard"),
    ("ez", "ez"),
    ("ois", "ois"),
    ("ski", "ski"),
    ("ová", "ova"),
    ("hofer", "hofer"),
    ("feld", "feld"),
    ("hardt", "hardt"),
    ("quist", "quist"),
    ("bauer", "bauer"),
    ("meyer", "meyer"),
    ("ley", "ley"),
    ("ton", "ton"),
    ("ford", "ford"),
    ("wood", "wood"),
    ("dahl", "dahl"),
    ("vik", "vik"),
    ("lund", "lund"),
    ("ières", "ieres"),
    ("ández", "andez"),
];
const CYRILLIC_FIRST: &[Part] = &[
    ("Иван", "Ivan"),
    ("Анна", "Anna"),
    ("Дмитрий", "Dmitry"),
    ("Ольга", "Olga"),
    ("Сергей", "Sergey"),
    ("Мария", "Maria"),
    ("Николай", "Nikolay"),
    ("Елена", "Elena"),
    ("Павел", "Pavel"),
    ("Татьяна", "Tatyana"),
    ("Юрий", "Yury"),
    ("Наталья", "Natalya"),
    ("Борис", "Boris"),
    ("Вера", "Vera"),
    ("Олег", "Oleg"),
    ("Ирина", "Irina"),
    ("Максим", "Maxim"),
    ("Светлана", "Svetlana"),
    ("Антон", "Anton"),
    ("Галина", "Galina"),
    ("Роман", "Roman"),
    ("Людмила", "Lyudmila"),
];
const CYRILLIC_STEMS: &[Part] = &[
    ("Иван", "Ivan"),
    ("Петр", "Petr"),
    ("Кузнец", "Kuznets"),
    ("Попов", "Popov"),
    ("Волк", "Volk"),
    ("Лебед", "Lebed"),
    ("Морож", "Morozh"),
    ("Щерб", "Shcherb"),
    ("Жук", "Zhuk"),
    ("Чайк", "Chayk"),
    ("Белов", "Belov"),
    ("Зимин", "Zimin"),
    ("Гордей", "Gordey"),
    ("Савель", "Savel"),
    ("Тимош", "Timosh"),
    ("Комар", "Komar"),
    ("Ворон", "Voron"),
    ("Дорош", "Dorosh"),
    ("Медвед", "Medved"),
    ("Соколов", "Sokolov"),
    ("Рыбак", "Rybak"),
    ("Крав", "Krav"),
];
const CYRILLIC_ENDINGS: &[Part] = &[
    ("ов", "ov"),
    ("ева", "eva"),
    ("енко", "enko"),
    ("ский", "sky"),
    ("ин", "in"),
    ("чук", "chuk"),
    ("ец", "ets"),
    ("иков", "ikov"),
    ("ович", "ovich"),
    ("унов", "unov"),
    ("аков", "akov"),
    ("инский", "insky"),
    ("евич", "evich"),
    ("альков", "alkov"),
    ("ушкин", "ushkin"),
    ("онов", "onov"),
];
const GREEK_FIRST: &[Part] = &[
    ("Γιώργος", "Giorgos"),
    ("Μαρία", "Maria"),
    ("Νίκος", "Nikos"),
    ("Ελένη", "Eleni"),
    ("Κώστας", "Kostas"),
    ("Δημήτρης", "Dimitris"),
    ("Άννα", "Anna"),
    ("Σοφία", "Sofia"),
    ("Πέτρος", "Petros"),
    ("Αντώνης", "Antonis"),
    ("Θανάσης", "Thanasis"),
    ("Ιωάννα", "Ioanna"),
    ("Μιχάλης", "Michalis"),
    ("Στέλιος", "Stelios"),
    ("Ζωή", "Zoi"),
];
const GREEK_STEMS: &[Part] = &[
    ("Παπαδ", "Papad"),
    ("Γεωργ", "Georg"),
    ("Νικολα", "Nikola"),
    ("Καραμαν", "Karaman"),
    ("Δημητρ", "Dimitr"),
    ("Κωνσταντ", "Konstant"),
    ("Αλεξ", "Alex"),
    ("Βασιλ", "Vasil"),
    ("Σταμ", "Stam"),
    ("Μιχαλ", "Michal"),
    ("Πετρ", "Petr"),
    ("Λαμπρ", "Lampr"),
    ("Θεοδωρ", "Theodor"),
    ("Σπυρ", "Spyr"),
    ("Τσακ", "Tsak"),
    ("Ρουσ", "Rous"),
];
const GREEK_ENDINGS: &[Part] = &[
    ("όπουλος", "opoulos"),
    ("ίδης", "idis"),
    ("άκης", "akis"),
    ("άτος", "atos"),
    ("ινός", "inos"),
    ("ούδης", "oudis"),
    ("αλής", "alis"),
    ("έλης", "elis"),
    ("ώνης", "onis"),
    ("ανός", "anos"),
    ("ιάδης", "iadis"),
    ("ούσης", "ousis"),
];
const ARABIC_FIRST: &[Part] = &[
    ("محمد", "Muhammad"),
    ("فاطمة", "Fatima"),
    ("أحمد", "Ahmed"),
    ("خالد", "Khalid"),
    ("مريم", "Maryam"),
    ("يوسف", "Yusuf"),
    ("عمر", "Omar"),
    ("خديجة", "Khadija"),
    ("مصطفى", "Mustafa"),
    ("إبراهيم", "Ibrahim"),
    ("زينب", "Zainab"),
    ("قاسم", "Qasim"),
    ("حسن", "Hassan"),
    ("سمير", "Samir"),
    ("كريم", "Karim"),
    ("نادية", "Nadia"),
    ("طارق", "Tariq"),
    ("سلمى", "Salma"),
];
const ARABIC_STEMS: &[Part] = &[
    ("ال", "Al"),
    ("عبد ال", "Abd Al"),
    ("بن ", "Bin "),
    ("أبو ", "Abu "),
    ("", ""),
];
const ARABIC_ENDINGS: &[Part] = &[
    ("مصري", "Masri"),
    ("رحمن", "Rahman"),
    ("سيد", "Sayed"),
    ("حكيم", "Hakim"),
    ("نجار", "Najjar"),
    ("حداد", "Haddad"),
    ("خطيب", "Khatib"),
    ("شامي", "Shami"),
    ("بغدادي", "Baghdadi"),
    ("كاتب", "Katib"),
    ("فارس", "Faris"),
    ("منصور", "Mansour"),
    ("صباغ", "Sabbagh"),
    ("تميمي", "Tamimi"),
    ("رشيد", "Rashid"),
    ("جابر", "Jabir"),
    ("سالم", "Salim"),
    ("ناصر", "Nasir"),
    ("غانم", "Ghanim"),
    ("زهراني", "Zahrani"),
    ("قرشي", "Qurashi"),
    ("دباغ", "Dabbagh"),
    ("طويل", "Tawil"),
    ("صغير", "Saghir"),
    ("عطار", "Attar"),
    ("بيطار", "Bitar"),
    ("حلاق", "Hallaq"),
    ("خياط", "Khayyat"),
    ("ملاح", "Mallah"),
    ("شريف", "Sharif"),
];
const HAN_FAMILY: &[Part] = &[
    ("王", "Wang"),
    ("李", "Li"),
    ("张", "Zhang"),
    ("刘", "Liu"),
    ("陈", "Chen"),
    ("杨", "Yang"),
    ("赵", "Zhao"),
    ("黄", "Huang"),
    ("周", "Zhou"),
    ("吴", "Wu"),
    ("徐", "Xu"),
    ("孙", "Sun"),
    ("胡", "Hu"),
    ("朱", "Zhu"),
    ("高", "Gao"),
    ("林", "Lin"),
    ("何", "He"),
    ("郭", "Guo"),
    ("马", "Ma"),
    ("罗", "Luo"),
    ("梁", "Liang"),
    ("宋", "Song"),
    ("郑", "Zheng"),
    ("谢", "Xie"),
];
const HAN_GIVEN: &[Part] = &[
    ("伟", "wei"),
    ("芳", "fang"),
    ("娜", "na"),
    ("敏", "min"),
    ("静", "jing"),
    ("丽", "li"),
    ("强", "qiang"),
    ("磊", "lei"),
    ("军", "jun"),
    ("洋", "yang"),
    ("勇", "yong"),
    ("艳", "yan"),
    ("杰", "jie"),
    ("娟", "juan"),
    ("涛", "tao"),
    ("明", "ming"),
    ("超", "chao"),
    ("秀", "xiu"),
    ("霞", "xia"),
    ("平", "ping"),
    ("刚", "gang"),
    ("桂", "gui"),
    ("英", "ying"),
    ("华", "hua"),
    ("玉", "yu"),
    ("兰", "lan"),
    ("红", "hong"),
    ("建", "jian"),
    ("文", "wen"),
    ("云", "yun"),
];

const SCRIPTS: [Script; 7] = [
    script(
        "Indian, in Latin letters",
        520,
        false,
        INDIAN_FIRST,
        INDIAN_STEMS,
        INDIAN_ENDINGS,
    ),
    script(
        "Latin with diacritics",
        240,
        true,
        WESTERN_FIRST,
        WESTERN_STEMS,
        WESTERN_ENDINGS,
    ),
    script("Devanagari", 60, true, INDIAN_FIRST, INDIAN_STEMS, INDIAN_ENDINGS),
    script("Cyrillic", 60, true, CYRILLIC_FIRST, CYRILLIC_STEMS, CYRILLIC_ENDINGS),
    script("Greek", 30, true, GREEK_FIRST, GREEK_STEMS, GREEK_ENDINGS),
    script("Arabic", 50, true, ARABIC_FIRST, ARABIC_STEMS, ARABIC_ENDINGS),
    // Family name first, then a given name of two signs.
    script("Han", 40, true, HAN_FAMILY, HAN_GIVEN, HAN_GIVEN),
];

const fn script(
    name: &'static str,
    share: u64,
    is_written_first: bool,
    first: &'static [Part],
    stems: &'static [Part],
    endings: &'static [Part],
) -> Script {
    Script {
        name,
        share,
        is_written_first,
        first,
        stems,
        endings,
    }
}

const COMPANY_FIRST: &[&str] = &[
    "Blue", "North", "Silver", "Grand", "Rapid", "Green", "Union", "Prime", "Atlas", "Nova", "Delta", "Lotus",
    "Summit", "Harbour", "Crystal", "Orion", "Pioneer", "Global", "Royal", "Sunrise", "Ganga", "Himalaya", "Baltic",
    "Rhein", "Alpha", "Zenith", "Falcon", "Granite", "Maple", "Cedar",
];
const COMPANY_SECOND: &[&str] = &[
    "river", "stone", "field", "bridge", "works", "line", "tech", "craft", "port", "gate", "mark", "point", "path",
    "wave", "house", "land", "light", "ware", "mill", "yard", "fleet", "crest", "forge", "haven", "loom",
];
const COMPANY_KIND: &[&str] = &[
    "Logistics",
    "Traders",
    "Textiles",
    "Software",
    "Foods",
    "Motors",
    "Insurance",
    "Pharma",
    "Steel",
    "Travel",
    "Media",
    "Power",
    "Cement",
    "Dental",
    "Legal",
    "Hotels",
];

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
