//! Series of measurements, their medians, and how they are shown and kept.

use std::fmt::Write as _;
use std::fs;

use crate::failure::Result;
use crate::process::say;
use crate::workspace;

/// One thing measured for the control and for the app, in the order of the runs.
#[derive(Debug)]
pub struct Figure {
    pub name: &'static str,
    pub unit: &'static str,
    /// Empty where there is nothing to compare with.
    pub control: Vec<f64>,
    pub app: Vec<f64>,
    /// What the ratio, or where there is no control the figure itself, should not exceed.
    pub goal: Option<f64>,
}

impl Figure {
    pub fn new(name: &'static str, unit: &'static str) -> Self {
        Self {
            name,
            unit,
            control: Vec::new(),
            app: Vec::new(),
            goal: None,
        }
    }

    /// The same with a goal for the ratio.
    pub fn at_most(self, goal: f64) -> Self {
        Self {
            goal: Some(goal),
            ..self
        }
    }

    /// Something that is measured of the app alone, with a goal for it.
    pub fn alone(name: &'static str, unit: &'static str, goal: f64) -> Self {
        Self::new(name, unit).at_most(goal)
    }

    /// Leaves of the app's series the value below which so many percent of it lie.
    pub fn keep_percentile(&mut self, percent: usize) {
        self.app.sort_by(f64::total_cmp);
        let place = (self.app.len() * percent).div_ceil(100).saturating_sub(1);
        self.app = self.app.get(place).copied().into_iter().collect();
    }

    /// How many times the control's median the app's is; the figure to quote, since the machine is in both.
    pub fn ratio(&self) -> f64 {
        median(&self.app) / median(&self.control)
    }
}

/// The middle value, or the mean of the two in the middle; not a number for an empty series.
pub fn median(series: &[f64]) -> f64 {
    let mut sorted = series.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.len(), sorted.get(middle)) {
        (_, None) => f64::NAN,
        (odd, Some(value)) if odd % 2 == 1 => *value,
        (_, Some(value)) => f64::midpoint(sorted[middle - 1], *value),
    }
}

/// Prints the table and writes `target/bench/NAME.json`; `conditions` are the circumstances to be named with the figures.
///
/// Errors: the file cannot be written.
pub fn publish(name: &str, conditions: &[(&str, String)], figures: &[Figure]) -> Result<()> {
    println!(
        "\n  {:<38} {:>12} {:>12} {:>7} {:>7}   (medians; smallest-largest)",
        "", "empty window", "dialdeck", "ratio", "goal"
    );
    for figure in figures {
        let shown = |value: f64, places: usize| {
            if value.is_nan() {
                "-".to_owned()
            } else {
                format!("{value:.places$}")
            }
        };
        println!(
            "  {:<38} {:>12} {:>12} {:>7} {:>7}   {} | {}",
            format!("{} ({})", figure.name, figure.unit),
            shown(median(&figure.control), 0),
            shown(median(&figure.app), 1),
            shown(figure.ratio(), 2),
            figure.goal.map_or_else(String::new, |goal| format!("{goal}")),
            spread(&figure.control),
            spread(&figure.app)
        );
    }
    for (what, value) in conditions {
        println!("  {what}: {value}");
    }
    let folder = workspace::target().join("bench");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{name}.json"));
    fs::write(&file, json(name, conditions, figures))?;
    say(&format!("written to {}", file.display()));
    Ok(())
}

fn spread(series: &[f64]) -> String {
    if series.is_empty() {
        return "-".to_owned();
    }
    let smallest = series.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = series.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{smallest:.0}-{largest:.0}, n {}", series.len())
}

fn json(name: &str, conditions: &[(&str, String)], figures: &[Figure]) -> String {
    let mut out = format!("{{\n  \"bench\": {},\n  \"conditions\": {{", quoted(name));
    for (index, (what, value)) in conditions.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\n    {}: {}", quoted(what), quoted(value));
    }
    out.push_str("\n  },\n  \"figures\": [");
    for (index, figure) in figures.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(
            out,
            "{comma}\n    {{\n      \"name\": {},\n      \"unit\": {},\n      \"ratio\": {},\n      \"goal\": {},\n      \"empty_window\": {},\n      \
             \"dialdeck\": {}\n    }}",
            quoted(figure.name),
            quoted(figure.unit),
            number(figure.ratio()),
            number(figure.goal.unwrap_or(f64::NAN)),
            side(&figure.control),
            side(&figure.app)
        );
    }
    out.push_str("\n  ]\n}\n");
    out
}

fn side(series: &[f64]) -> String {
    if series.is_empty() {
        return "null".to_owned();
    }
    let runs: Vec<_> = series.iter().map(|value| format!("{value:.1}")).collect();
    format!(
        "{{ \"median\": {:.1}, \"runs\": [{}] }}",
        median(series),
        runs.join(", ")
    )
}

/// A number as JSON; what is none is null.
fn number(value: f64) -> String {
    if value.is_finite() {
        format!("{value:.3}")
    } else {
        "null".to_owned()
    }
}

/// A text as JSON.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' | '\\' => out.extend(['\\', sign]),
            sign if sign.is_control() => out.push(' '),
            sign => out.push(sign),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_of_the_sorted_series() {
        assert!((median(&[9.0, 1.0, 5.0]) - 5.0).abs() < f64::EPSILON);
        assert!((median(&[4.0, 2.0]) - 3.0).abs() < f64::EPSILON);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let mut figure = Figure::alone("key to bar", "ms", 150.0);
        figure.app = (1..=20).rev().map(f64::from).collect();
        figure.keep_percentile(95);
        assert_eq!(figure.app, [19.0]);
    }

    #[test]
    fn figures_are_written_with_every_run_and_their_conditions() {
        let mut figure = Figure::new("exec to painted", "ms");
        figure.control.extend([100.0, 120.0, 110.0]);
        figure.app.extend([150.0, 165.0, 180.0]);
        let text = json("desktop", &[("display", "Xvfb \"1280x800\"".into())], &[figure]);
        assert!(text.contains(r#""display": "Xvfb \"1280x800\"""#), "{text}");
        assert!(
            text.contains(r#""ratio": 1.500"#) && text.contains("[150.0, 165.0, 180.0]"),
            "{text}"
        );
    }
}
