//! What is promised, and by which runs it is held.

/// One promise, and the runs that hold it.
#[derive(Debug)]
pub struct Promise {
    /// By which it is asked for.
    pub name: &'static str,
    pub promise: &'static str,
    pub proofs: &'static [Proof],
}

/// One run that holds a promise.
#[derive(Debug)]
pub struct Proof {
    /// Under which it leaves its figure.
    pub name: &'static str,
    pub how: &'static str,
    pub run: Run,
    /// By which environment variable the long run says how much, and how much.
    pub long: Option<(&'static str, &'static str)>,
    /// Whether the figure comes from the run itself; else only that it passed.
    pub leaves_figure: bool,
}

/// What is run.
#[derive(Debug, Clone, Copy)]
pub enum Run {
    Tests {
        target: &'static [&'static str],
        filters: &'static [&'static str],
    },
    /// A bench of the engine's, with rounds of so many seconds; optimised in both sizes, since a figure of a build that
    /// is not says nothing.
    Bench { name: &'static str, usual: u32, long: u32 },
    /// Every fuzz target, for so many seconds each.
    Fuzz { usual: u32, long: u32 },
    /// Numbers read beside libphonenumber.
    Numbers,
}

impl Promise {
    /// Whether the app and its tests must be built for it.
    pub fn needs_app(&self) -> bool {
        let is_alone = |proof: &Proof| matches!(proof.run, Run::Numbers | Run::Fuzz { .. });
        !self.proofs.iter().all(is_alone)
    }
}

impl Proof {
    /// Whether there is more of it to run than CI does.
    pub fn has_long(&self) -> bool {
        self.long.is_some() || matches!(self.run, Run::Fuzz { .. } | Run::Bench { .. })
    }
}

pub const PROMISES: &[Promise] = &[
    Promise {
        name: "simulation",
        promise: "Nothing is dialled twice, nothing acknowledged is lost, nothing is shown that is not so.",
        proofs: &[Proof {
            name: "simulation",
            how: "The engine itself in a simulated world: the providers as the sandbox exchange plays them, and between \
                  them a network, a disk, a keychain, a clock and crashes that are drawn from a seed. Judged against what \
                  the exchange knows to be true. A failing seed plays again: \
                  `DIALDECK_SEED=N cargo xtask test --only simulation`.",
            run: Run::Tests {
                target: &["--test", "simulation"],
                filters: &["no_history", "a_seed"],
            },
            long: Some(("DIALDECK_HISTORIES", "100000")),
            leaves_figure: true,
        }],
    },
    Promise {
        name: "kills",
        promise: "A crash loses nothing that was acknowledged and makes nothing happen twice.",
        proofs: &[Proof {
            name: "kills",
            how: "The real program, killed with SIGKILL in the middle of calls and of webhooks, with a provider that counts \
                  the dials; afterwards the journal is held against what was acknowledged.",
            run: Run::Tests {
                target: &["--test", "journeys"],
                filters: &["kills::"],
            },
            long: Some(("DIALDECK_KILLS", "10000")),
            leaves_figure: true,
        }],
    },
    Promise {
        name: "hostile",
        promise: "A dial is one request, whatever the server or what stands before it does.",
        proofs: &[Proof {
            name: "hostile",
            how: "Every way of dialling against a server that misbehaves below HTTP: closes, resets, redirects, answers \
                  twice, halves, floods, drips, packs. `cargo xtask bench hostile` puts curl, reqwest as it comes, Node's \
                  fetch and urllib3 beside it.",
            run: Run::Tests {
                target: &["--test", "behavior"],
                filters: &["at_most_once::"],
            },
            long: None,
            leaves_figure: true,
        }],
    },
    Promise {
        name: "order",
        promise: "Any order and any repetition of what is told of a call reads as the same call.",
        proofs: &[
            Proof {
                name: "facts",
                how: "Property tests of the reading itself, with random facts of every kind and source.",
                run: Run::Tests {
                    target: &["--lib"],
                    filters: &["call::properties::"],
                },
                long: Some(("PROPTEST_CASES", "1000000")),
                leaves_figure: false,
            },
            Proof {
                name: "order",
                how: "The whole engine: the webhooks of a call of each provider and each fate, in random orders, up to \
                      three times each, up to a day late.",
                run: Run::Tests {
                    target: &["--test", "simulation"],
                    filters: &["order::"],
                },
                long: Some(("DIALDECK_ORDERS", "200")),
                leaves_figure: true,
            },
        ],
    },
    Promise {
        name: "behaviour",
        promise: "Every verb of every provider does what its pages say, and meets no answer that does more than fail.",
        proofs: &[Proof {
            name: "behaviour",
            how: "Every verb at the sandbox exchange and, for Kazoo, at a mock server that is not ours; documented \
                  refusals, wrong answers, servers that never end and TLS that is not to be trusted \
                  (`docs/providers/coverage.md`).",
            run: Run::Tests {
                target: &["--test", "behavior"],
                filters: &[],
            },
            long: None,
            leaves_figure: false,
        }],
    },
    Promise {
        name: "secrets",
        promise: "A key is in the keychain and in the request that needs it, and nowhere else.",
        proofs: &[Proof {
            name: "secrets",
            how: "After a whole journey in the real window a canary key is searched for, in every usual encoding, in \
                  settings, database, journal, logs, crash report, the page and its storage, what passes between page and \
                  app, command line, environment and support bundle.",
            run: Run::Tests {
                target: &["--test", "desktop"],
                filters: &["secrets::"],
            },
            long: None,
            leaves_figure: false,
        }],
    },
    Promise {
        name: "page",
        promise: "A script that gets into the window cannot call more than a hand could, and reaches nobody.",
        proofs: &[Proof {
            name: "page",
            how: "A hostile page in the real window tries every command of every window, every way out, markup in every \
                  text that others write, and ten thousand calls.",
            run: Run::Tests {
                target: &["--test", "desktop"],
                filters: &["hostile::"],
            },
            long: None,
            leaves_figure: false,
        }],
    },
    Promise {
        name: "door",
        promise: "Strangers at the door of the listener hold up nobody and learn nothing.",
        proofs: &[
            Proof {
                name: "slow-sockets",
                how: "A thousand connections that drip their headers, and an honest event between them.",
                run: Run::Tests {
                    target: &["--test", "journeys"],
                    filters: &["slow_sockets::"],
                },
                long: None,
                leaves_figure: true,
            },
            Proof {
                name: "token-timing",
                how: "Whether the time that a wrong token takes tells how much of it is right: Welch's t over mixed samples.",
                run: Run::Tests {
                    target: &["--test", "journeys"],
                    filters: &["token_timing::"],
                },
                long: Some(("DIALDECK_SAMPLES", "1000000")),
                leaves_figure: true,
            },
        ],
    },
    Promise {
        name: "events",
        promise: "An event that is answered is kept, and told of at once; after sleep or in another network events flow again.",
        proofs: &[
            Proof {
                name: "webhook",
                how: "A thousand events a second over kept connections, from the moment at which each was due to its 200, \
                      beside a bare axum server that makes as many bytes durable. Afterwards every event that was \
                      answered must be in the journal.",
                run: Run::Bench {
                    name: "webhook",
                    usual: 10,
                    long: 120,
                },
                long: None,
                leaves_figure: true,
            },
            Proof {
                name: "notifications",
                how: "The real app without a window and a notification server that writes down what comes and when: the \
                      time between the answer to an event and its notification, and how many there are of a call.",
                run: Run::Tests {
                    target: &["--test", "desktop"],
                    filters: &["punctual::"],
                },
                long: None,
                leaves_figure: true,
            },
            Proof {
                name: "sources",
                how: "The listener over real sockets; event streams against a far side that falls silent, refuses, or cuts \
                      the line at two hundred places of a frame; the network's own news in a network of its own.",
                run: Run::Tests {
                    target: &["--lib"],
                    filters: &["sources::"],
                },
                long: None,
                leaves_figure: false,
            },
        ],
    },
    Promise {
        name: "numbers",
        promise: "A number is read as libphonenumber reads it, and never as another one that is in use.",
        proofs: &[Proof {
            name: "numbers",
            how: "Random texts over all regions (in use, nearly so, national, mangled, in other scripts, with letters and \
                  extensions, too short and too long) read by Dialdeck and by libphonenumber's port to Python with the \
                  same metadata, which are compared first: number, validity, country, kind, time zones and place must be \
                  equal. Where Dialdeck means to read otherwise, the rules stand in \
                  `xtask/templates/numbers/compare.py` and are counted.",
            run: Run::Numbers,
            long: Some(("DIALDECK_NUMBERS", "1000000")),
            leaves_figure: true,
        }],
    },
    Promise {
        name: "fuzz",
        promise: "No input from outside brings the program down or makes it say what it must not.",
        proofs: &[Proof {
            name: "fuzz",
            how: "libFuzzer with the corpora that are kept in `tests/fuzz/corpus`: each input must be read or refused, and \
                  what is read must hold what the target says of it.",
            run: Run::Fuzz { usual: 60, long: 300 },
            long: None,
            leaves_figure: true,
        }],
    },
];

/// What is not promised, so that nobody relies on it.
pub const NOT_PROMISED: &[&str] = &[
    "What a provider's own platform does with a request that it has accepted. *Accepted* is shown as just that.",
    "Events that a provider sends while the machine is off and does not keep: lists and records are read instead, where \
     the provider has them.",
    "That a reminder is shown which a crash met between its being taken and its being shown. It is not shown twice; its \
     callback stands on top of the list.",
    "Protection from a program that runs as the same user with the rights of a debugger, and from a changed operating \
     system.",
];
