//! The inputs that are kept: found by the fuzzer, or once the cause of a failure.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::targets::Target;

/// The folder of a target's corpus.
#[must_use]
pub fn corpus(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name)
}

/// Writes the target's seeds, which are made from the documented samples, one file each.
///
/// # Errors
/// The folder cannot be written to.
pub fn write_seeds(target: &Target, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (index, seed) in (target.seeds)().into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{index:04}")), seed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::TARGETS;

    #[test]
    fn every_target_keeps_its_promises_on_seeds_and_corpus() {
        for target in TARGETS {
            let seeds = (target.seeds)();
            assert!(!seeds.is_empty(), "{} begins with nothing", target.name);
            for seed in seeds {
                (target.read)(&seed);
            }
            let files = fs::read_dir(corpus(target)).unwrap_or_else(|error| panic!("{}: {error}", target.name));
            for file in files {
                let path = file.unwrap().path();
                println!("{}", path.display());
                (target.read)(&fs::read(path).unwrap());
            }
        }
    }

    #[test]
    fn every_folder_of_the_corpus_belongs_to_a_target() {
        let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).unwrap();
        for folder in folders {
            let name = folder.unwrap().file_name();
            assert!(TARGETS.iter().any(|target| target.name == name), "{name:?}");
        }
    }
}
