use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use super::*;

/// A user's folders and a system's, with the real `xdg-mime` between.
struct Place {
    folder: TempDir,
    app: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("build/dialdeck");
        let place = Self { folder, app };
        place.program("build/dialdeck");
        place.program("build/softphone");
        fs::create_dir_all(place.path("system/applications")).unwrap();
        place
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn write(&self, below: &str, text: &str) {
        let file = self.path(below);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// `xdg-mime` passes over entries whose program is not there.
    fn program(&self, below: &str) {
        self.write(below, "#!/bin/sh\n");
        fs::set_permissions(self.path(below), fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn xdg(&self) -> Xdg {
        self.xdg_of(&Home {
            config_dir: self.path("home/.config/dialdeck"),
            data_dir: self.path("home/.local/share/dialdeck"),
        })
    }

    fn xdg_of(&self, home: &Home) -> Xdg {
        let mut environment = Environment::from([
            ("HOME".into(), self.path("home").into()),
            ("XDG_DATA_DIRS".into(), self.path("system").into()),
            ("XDG_CONFIG_DIRS".into(), self.path("etc").into()),
            ("DIALDECK_SECRET_WORK_API_TOKEN".into(), "canary".into()),
        ]);
        environment.extend(std::env::var_os("PATH").map(|path| ("PATH".into(), path)));
        Xdg::new(environment, Some(self.app.clone()), home)
    }
}

const TEL: LinkScheme = LinkScheme::Tel;

#[tokio::test]
async fn a_build_that_is_not_installed_writes_an_entry_and_opens_links_with_it() {
    let place = Place::new();
    let xdg = place.xdg();
    assert_eq!(xdg.opener(TEL).await, Ok(Opener::Nobody));
    xdg.take(TEL).await.unwrap();
    assert_eq!(xdg.opener(TEL).await, Ok(Opener::Dialdeck));
    assert_eq!(
        xdg.opener(LinkScheme::Sip).await,
        Ok(Opener::Nobody),
        "only what was asked for"
    );
    let entry = fs::read_to_string(place.path("home/.local/share/applications").join(LOCAL)).unwrap();
    assert!(
        entry.contains(&format!("\nExec={} %u\n", place.app.display())),
        "{entry}"
    );

    // The build is deleted: nobody opens links then, and no other is hidden behind it.
    fs::remove_file(&place.app).unwrap();
    assert_eq!(xdg.opener(TEL).await, Ok(Opener::Nobody));
}

#[tokio::test]
async fn the_installed_entry_is_used_where_it_starts_this_app() {
    let place = Place::new();
    place.xdg().take(TEL).await.unwrap();
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Dialdeck\nExec={} %u\n",
        place.app.display()
    );
    place.write(&format!("system/applications/{INSTALLED}"), &entry);
    let xdg = place.xdg();
    xdg.take(TEL).await.unwrap();
    assert_eq!(xdg.opener(TEL).await, Ok(Opener::Dialdeck));
    let list = fs::read_to_string(place.path("home/.config/mimeapps.list")).unwrap();
    assert!(list.contains(&format!("x-scheme-handler/tel={INSTALLED}")), "{list}");
    assert!(!place.path("home/.local/share/applications").join(LOCAL).exists());
}

#[tokio::test]
async fn another_home_is_named_in_the_entry() {
    let place = Place::new();
    let home = Home::under(place.path("a home"));
    place.xdg_of(&home).take(TEL).await.unwrap();
    let entry = fs::read_to_string(place.path("home/.local/share/applications").join(LOCAL)).unwrap();
    let exec = format!(
        "{} --home \"{}\" %u",
        place.app.display(),
        place.path("a home").display()
    );
    assert!(entry.contains(&exec), "{entry}");
}

#[tokio::test]
async fn another_program_is_named_and_one_that_is_gone_is_nobody() {
    let place = Place::new();
    let program = place.path("build/softphone");
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Soft Phone\nExec={} %u\n",
        program.display()
    );
    place.write("system/applications/softphone.desktop", &entry);
    place.write(
        "home/.config/mimeapps.list",
        "[Default Applications]\nx-scheme-handler/tel=softphone.desktop\nx-scheme-handler/sip=gone.desktop\n",
    );
    let xdg = place.xdg();
    assert_eq!(xdg.opener(TEL).await, Ok(Opener::Other("Soft Phone".to_owned())));
    assert_eq!(xdg.opener(LinkScheme::Sip).await, Ok(Opener::Nobody));
    xdg.take(TEL).await.unwrap();
    assert_eq!(xdg.opener(TEL).await, Ok(Opener::Dialdeck));
}

#[tokio::test]
async fn where_the_desktop_cannot_be_asked_that_is_said() {
    let place = Place::new();
    let mut xdg = place.xdg();
    xdg.program = "no-such-xdg-mime";
    assert_eq!(xdg.opener(TEL).await.unwrap_err().code, "links_no_xdg_utils");

    let xdg = Xdg {
        app: None,
        ..place.xdg()
    };
    assert!(!xdg.can_take());
    assert_eq!(xdg.take(TEL).await.unwrap_err().code, "links_no_app");
}

#[test]
fn keys_do_not_go_along() {
    assert!(
        !Place::new()
            .xdg()
            .environment
            .keys()
            .any(|name| name.to_string_lossy().contains("SECRET"))
    );
}
