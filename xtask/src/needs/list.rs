//! The list itself: one line for each thing, with the reason a person would ask for.

/// What the machine is wanted for; each later purpose includes the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    Run,
    Package,
    Test,
    Ci,
}

/// How one sees that a thing is really there.
#[derive(Debug)]
pub enum Proof {
    /// A library with its headers, as pkg-config names it.
    Library(&'static str),
    /// A program on the search path.
    Program(&'static str),
    /// A file that stands in one of several folders.
    File {
        folders: &'static [&'static str],
        name: &'static str,
    },
    /// A command that ends well and prints something.
    Answers(&'static [&'static str]),
}

/// One thing that must be there.
#[derive(Debug)]
pub struct Need {
    pub name: &'static str,
    pub why: &'static str,
    pub purpose: Purpose,
    pub proof: Proof,
    pub debian: &'static [&'static str],
    pub fedora: &'static [&'static str],
    pub arch: &'static [&'static str],
}

const fn program(name: &'static str, why: &'static str, packages: [&'static [&'static str]; 3]) -> Need {
    let [debian, fedora, arch] = packages;
    Need {
        name,
        why,
        purpose: Purpose::Test,
        proof: Proof::Program(name),
        debian,
        fedora,
        arch,
    }
}

const fn packager(name: &'static str, why: &'static str, packages: [&'static [&'static str]; 3]) -> Need {
    Need {
        purpose: Purpose::Package,
        ..program(name, why, packages)
    }
}

pub const NEEDS: &[Need] = &[
    Need {
        name: "C compiler",
        why: "SQLite and the cryptography are compiled with the app",
        purpose: Purpose::Run,
        proof: Proof::Program("cc"),
        debian: &["build-essential"],
        fedora: &["gcc"],
        arch: &["base-devel"],
    },
    Need {
        name: "pkg-config",
        why: "finds the system's libraries for the compiler",
        purpose: Purpose::Run,
        proof: Proof::Program("pkg-config"),
        debian: &["pkg-config"],
        fedora: &["pkgconf-pkg-config"],
        arch: &["pkgconf"],
    },
    Need {
        name: "WebKitGTK 4.1",
        why: "draws the window",
        purpose: Purpose::Run,
        proof: Proof::Library("webkit2gtk-4.1"),
        debian: &["libwebkit2gtk-4.1-dev"],
        fedora: &["webkit2gtk4.1-devel"],
        arch: &["webkit2gtk-4.1"],
    },
    Need {
        name: "Ayatana AppIndicator",
        why: "puts the icon and its menu into the tray",
        purpose: Purpose::Run,
        proof: Proof::Library("ayatana-appindicator3-0.1"),
        debian: &["libayatana-appindicator3-dev"],
        fedora: &["libayatana-appindicator-gtk3-devel"],
        arch: &["libayatana-appindicator"],
    },
    Need {
        name: "D-Bus headers",
        why: "the window listens to the desktop's settings through it",
        purpose: Purpose::Run,
        proof: Proof::Library("dbus-1"),
        debian: &["libdbus-1-dev"],
        fedora: &["dbus-devel"],
        arch: &["dbus"],
    },
    Need {
        name: "fonts",
        why: "without one the window shows no text",
        purpose: Purpose::Run,
        proof: Proof::Answers(&["fc-list", "DejaVu Sans", "file"]),
        debian: &["fontconfig", "fonts-dejavu-core"],
        fedora: &["fontconfig", "dejavu-sans-fonts"],
        arch: &["fontconfig", "ttf-dejavu"],
    },
    program(
        "c++",
        "libFuzzer is compiled with the fuzz targets",
        [&["build-essential"], &["gcc-c++"], &["base-devel"]],
    ),
    program(
        "Xvfb",
        "a display for the desktop journeys",
        [&["xvfb"], &["xorg-x11-server-Xvfb"], &["xorg-server-xvfb"]],
    ),
    program(
        "WebKitWebDriver",
        "drives the real window",
        [&["webkit2gtk-driver"], &["webkit2gtk-driver"], &["webkitgtk-6.0"]],
    ),
    program(
        "dbus-daemon",
        "a session bus of the tests' own",
        [&["dbus-daemon"], &["dbus-daemon"], &["dbus"]],
    ),
    program(
        "dbus-run-session",
        "a session bus for single programs",
        [&["dbus-daemon"], &["dbus-daemon"], &["dbus"]],
    ),
    program(
        "gdbus",
        "speaks to the bus from outside the app",
        [&["libglib2.0-bin"], &["glib2"], &["glib2"]],
    ),
    program(
        "gnome-keyring-daemon",
        "the real keychain",
        [&["gnome-keyring"], &["gnome-keyring"], &["gnome-keyring"]],
    ),
    program(
        "secret-tool",
        "reads the keychain from outside the app",
        [&["libsecret-tools"], &["libsecret"], &["libsecret"]],
    ),
    program(
        "dunst",
        "the real notification server",
        [&["dunst"], &["dunst"], &["dunst"]],
    ),
    Need {
        name: "xfce4-notifyd",
        why: "a notification server that draws buttons",
        purpose: Purpose::Test,
        proof: Proof::File {
            folders: &[
                "/usr/lib/x86_64-linux-gnu",
                "/usr/lib/aarch64-linux-gnu",
                "/usr/lib64",
                "/usr/lib",
                "/usr/libexec",
            ],
            name: "xfce4/notifyd/xfce4-notifyd",
        },
        debian: &["xfce4-notifyd"],
        fedora: &["xfce4-notifyd"],
        arch: &["xfce4-notifyd"],
    },
    program(
        "xfce4-panel",
        "a tray host for the icon",
        [&["xfce4-panel"], &["xfce4-panel"], &["xfce4-panel"]],
    ),
    program(
        "openbox",
        "a window manager, so that the panel can be clicked",
        [&["openbox"], &["openbox"], &["openbox"]],
    ),
    program(
        "xdotool",
        "presses keys and buttons",
        [&["xdotool"], &["xdotool"], &["xdotool"]],
    ),
    program(
        "xclip",
        "fills the selection and the clipboard",
        [&["xclip"], &["xclip"], &["xclip"]],
    ),
    program(
        "xprop",
        "reads what a window says about itself",
        [&["x11-utils"], &["xprop"], &["xorg-xprop"]],
    ),
    program(
        "import",
        "photographs the screen",
        [&["imagemagick"], &["ImageMagick"], &["imagemagick"]],
    ),
    program(
        "xdg-open",
        "opens tel: links as a desktop does, and says with which program",
        [&["xdg-utils"], &["xdg-utils"], &["xdg-utils"]],
    ),
    program(
        "update-desktop-database",
        "makes the tel: handler known",
        [
            &["desktop-file-utils"],
            &["desktop-file-utils"],
            &["desktop-file-utils"],
        ],
    ),
    packager(
        "dpkg-shlibdeps",
        "knows which packages the programs' libraries are in",
        [&["dpkg-dev"], &["dpkg-dev"], &["dpkg"]],
    ),
    packager("dpkg-deb", "makes the .deb", [&["dpkg"], &["dpkg"], &["dpkg"]]),
    packager("rpmbuild", "makes the .rpm", [&["rpm"], &["rpm-build"], &["rpm-tools"]]),
    program(
        "desktop-file-validate",
        "checks the entry in the desktop's menu",
        [
            &["desktop-file-utils"],
            &["desktop-file-utils"],
            &["desktop-file-utils"],
        ],
    ),
    program(
        "appstreamcli",
        "checks what software centres are told",
        [&["appstream"], &["appstream"], &["appstream"]],
    ),
    program(
        "man",
        "shows the manual pages as they are read",
        [&["man-db"], &["man-db"], &["man-db"]],
    ),
    Need {
        name: "Python's venv",
        why: "the CardDAV server of the tests and the spell checker come as Python packages",
        purpose: Purpose::Test,
        proof: Proof::Answers(&["python3", "-c", "import ensurepip, venv; print('there')"]),
        debian: &["python3", "python3-venv"],
        fedora: &["python3"],
        arch: &["python"],
    },
];
