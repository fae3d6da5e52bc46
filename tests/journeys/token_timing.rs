//! How long it takes to turn a wrong token away tells nobody how much of it is right, nor whether there is such an
//! account: Welch's t between the times of two kinds of wrong tokens, as in "dude, is my code constant time?"
//! (Reparaz, Balasch, Verbauwhede 2017, eprint.iacr.org/2016/1123).

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::figure;
use engine::HookDoors;

/// Of each kind, unless `DIALDECK_SAMPLES` says otherwise.
const SAMPLES: usize = 100_000;
/// Beyond this t the two kinds differ for certain.
const LIMIT: f64 = 4.5;
/// A busy machine disturbs a whole run now and then; what leaks, leaks in each.
const RUNS: usize = 5;

const NAME: &str = "desk";
const TOKEN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978";

#[test]
fn a_wrong_token_takes_as_long_as_an_almost_right_one() -> Result<()> {
    let doors = HookDoors::default();
    doors.are([("id", NAME, TOKEN)].into_iter());
    let samples = match std::env::var("DIALDECK_SAMPLES") {
        Ok(text) => text
            .parse()
            .with_context(|| format!("DIALDECK_SAMPLES={text} is no number"))?,
        Err(_) => SAMPLES,
    };
    let almost = format!("{}0", &TOKEN[..TOKEN.len() - 1]);
    let wrong = "f".repeat(TOKEN.len());
    let by_token = smallest(samples, [&wrong, &almost], |token| {
        doors.opened_by(black_box(NAME), black_box(token))
    });
    let by_name = smallest(samples, ["none", NAME], |name| {
        doors.opened_by(black_box(name), black_box(&wrong))
    });
    figure(
        "token-timing",
        &format!(
            "{samples} samples of each kind: t = {by_token:.2} between tokens wrong in the first and in the last letter, \
             {by_name:.2} between an account that is not there and one that is; below {LIMIT} nothing is told"
        ),
    );
    ensure!(by_token < LIMIT && by_name < LIMIT, "t = {by_token}, {by_name}");
    Ok(())
}

#[test]
fn a_comparison_that_stops_at_the_first_difference_is_found_out() {
    // Long enough that a letter more or less can be measured; the listener's tokens are shorter.
    let (token, wrong) = ("0".repeat(4_096), "f".repeat(4_096));
    let almost = format!("{}f", &token[..token.len() - 1]);
    let compare = |presented: &str| {
        token
            .bytes()
            .zip(black_box(presented).bytes())
            .all(|(one, other)| black_box(one) == other)
    };
    let t = smallest(20_000, [&wrong, &almost], compare);
    assert!(t > LIMIT, "t = {t}");
}

/// The smallest |t| of a few runs.
fn smallest<T>(samples: usize, kinds: [&str; 2], mut attempt: impl FnMut(&str) -> T) -> f64 {
    (0..RUNS)
        .map(|_| t_of(samples, kinds, &mut attempt))
        .fold(f64::INFINITY, f64::min)
}

/// |t| between the times of two kinds of attempts, drawn in a random order.
fn t_of<T>(samples: usize, kinds: [&str; 2], attempt: &mut impl FnMut(&str) -> T) -> f64 {
    let mut rng = fastrand::Rng::new();
    // One place in memory for both: where a text lies in a line of the cache takes a time of its own, and so does a branch.
    let mut presented = String::with_capacity(kinds[0].len());
    let mut times: [Vec<f64>; 2] = [Vec::with_capacity(samples), Vec::with_capacity(samples)];
    while times.iter().any(|times| times.len() < samples) {
        let kind = rng.usize(0..2);
        presented.clear();
        presented.push_str(black_box(kinds[kind]));
        let begun = Instant::now();
        black_box(attempt(black_box(&presented)));
        let took = begun.elapsed().as_nanos() as f64;
        times[kind].push(took);
    }
    // An interrupt is no property of a token: the slow tail of both is cut at the same time.
    let mut all: Vec<f64> = times.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let cut = all[all.len() * 95 / 100];
    let [first, second] = times.map(|times| Moments::of(times.into_iter().filter(|time| *time <= cut)));
    let spread = (first.variance / first.count + second.variance / second.count).sqrt();
    if spread > 0.0 {
        ((first.mean - second.mean) / spread).abs()
    } else {
        0.0
    }
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(times: impl Iterator<Item = f64>) -> Self {
        let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
        for time in times {
            count += 1.0;
            let off = time - mean;
            mean += off / count;
            squares += off * (time - mean);
        }
        Self {
            count,
            mean,
            variance: squares / (count - 1.0),
        }
    }
}
