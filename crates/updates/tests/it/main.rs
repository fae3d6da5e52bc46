//! A made-up publisher, its releases on a server of this machine, and a program that is to be replaced.

// Helpers outside of test functions may fail as loudly as these do.
#![allow(clippy::unwrap_used)]

mod release;

use std::fs;
use std::io;

use jiff::{SignedDuration, Timestamp};
use minisign::KeyPair;
use semver::Version;
use updates::{
    DownloadProblem, Installed, LONGEST_MANIFEST, Offer, Owner, Publisher, Refusal, download, install, owner_of,
};

use release::{NEW, Release, Server, TARGET, publisher, sign};

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn installed() -> Installed {
    Installed {
        version: version("1.4.0"),
        newest_seen: None,
        target: TARGET.to_owned(),
        owner: Owner::Itself,
    }
}

/// What the server's manifest comes to.
async fn asked(server: &Server, publisher: &Publisher, installed: &Installed) -> Result<Option<Offer>, Refusal> {
    let client = reqwest::Client::new();
    let read = async |name: &str| download(&client, &server.url(name), LONGEST_MANIFEST).await.unwrap();
    let (manifest, signature) = (read("manifest.json").await, read("manifest.json.minisig").await);
    publisher.offer(
        &manifest,
        &String::from_utf8_lossy(&signature),
        installed,
        Timestamp::now(),
    )
}

#[tokio::test]
async fn a_newer_release_is_fetched_checked_and_put_in_place() {
    let (keys, publisher) = publisher();
    let server = Server::with(&keys, &Release::default()).await;
    let offer = asked(&server, &publisher, &installed()).await.unwrap().unwrap();
    assert_eq!(offer.version, version("1.5.0"));
    let bytes = download(&reqwest::Client::new(), &offer.url, offer.bytes)
        .await
        .unwrap();
    let verified = publisher.verify(&offer, bytes).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("Dialdeck.AppImage");
    fs::write(&program, "the old one").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(owner_of(&program), Owner::Itself);
    install(&verified, &program).unwrap();
    assert_eq!(fs::read(&program).unwrap(), NEW);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&program).unwrap().permissions().mode() & 0o777, 0o755);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
}

#[tokio::test]
async fn what_is_here_already_is_no_news() {
    let (keys, publisher) = publisher();
    let server = Server::with(
        &keys,
        &Release {
            version: "1.4.0",
            ..Release::default()
        },
    )
    .await;
    assert_eq!(asked(&server, &publisher, &installed()).await, Ok(None));
}

#[tokio::test]
async fn an_older_version_is_refused_and_so_is_one_older_than_what_was_seen() {
    let (keys, publisher) = publisher();
    let server = Server::with(
        &keys,
        &Release {
            version: "1.3.9",
            ..Release::default()
        },
    )
    .await;
    let older = |known: &str| Refusal::Older {
        offered: version("1.3.9"),
        known: version(known),
    };
    assert_eq!(asked(&server, &publisher, &installed()).await, Err(older("1.4.0")));

    let server = Server::with(&keys, &Release::default()).await;
    let seen = Installed {
        newest_seen: Some(version("1.6.0")),
        ..installed()
    };
    let frozen = Refusal::Older {
        offered: version("1.5.0"),
        known: version("1.6.0"),
    };
    assert_eq!(asked(&server, &publisher, &seen).await, Err(frozen));
    // A version that is not final yet is older than the final one.
    let server = Server::with(
        &keys,
        &Release {
            version: "1.4.0-rc.1",
            ..Release::default()
        },
    )
    .await;
    assert!(matches!(
        asked(&server, &publisher, &installed()).await,
        Err(Refusal::Older { .. })
    ));
}

#[tokio::test]
async fn an_offer_that_ran_out_or_is_still_to_come_is_refused() {
    let (keys, publisher) = publisher();
    let old = Release {
        expires: SignedDuration::from_secs(-1),
        ..Release::default()
    };
    let server = Server::with(&keys, &old).await;
    assert!(matches!(
        asked(&server, &publisher, &installed()).await,
        Err(Refusal::Expired { .. })
    ));
    let early = Release {
        published: SignedDuration::from_hours(25),
        ..Release::default()
    };
    let server = Server::with(&keys, &early).await;
    assert!(matches!(
        asked(&server, &publisher, &installed()).await,
        Err(Refusal::NotYet { .. })
    ));
}

#[tokio::test]
async fn a_manifest_of_another_key_or_changed_by_a_byte_is_refused() {
    let (keys, publisher) = publisher();
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap();
    let server = Server::with(&stranger, &Release::default()).await;
    assert_eq!(asked(&server, &publisher, &installed()).await, Err(Refusal::NotSigned));

    let manifest = Release::default().manifest(&keys, "http://127.0.0.1/x");
    let signature = sign(&keys, &manifest, "manifest");
    let offer = |bytes: &[u8], signature: &str| publisher.offer(bytes, signature, &installed(), Timestamp::now());
    assert!(offer(&manifest, &signature).unwrap().is_some());
    for at in 0..manifest.len() {
        let mut changed = manifest.clone();
        changed[at] ^= 1;
        assert_eq!(offer(&changed, &signature), Err(Refusal::NotSigned), "byte {at}");
    }
    for text in ["", "untrusted comment: x", &signature[..signature.len() / 2]] {
        assert_eq!(offer(&manifest, text), Err(Refusal::NotSigned), "{text}");
    }
    let nonsense = b"{\"version\":1}";
    assert!(matches!(
        offer(nonsense, &sign(&keys, nonsense, "manifest")),
        Err(Refusal::Unreadable { .. })
    ));
}

#[tokio::test]
async fn an_artefact_that_is_tampered_with_swapped_or_cut_is_refused() {
    let (keys, publisher) = publisher();
    let manifest = Release::default().manifest(&keys, "http://127.0.0.1/x");
    let offer = publisher
        .offer(
            &manifest,
            &sign(&keys, &manifest, "manifest"),
            &installed(),
            Timestamp::now(),
        )
        .unwrap()
        .unwrap();
    let verify = |bytes: &[u8]| publisher.verify(&offer, bytes.to_vec()).map(|_| ());
    assert_eq!(verify(NEW), Ok(()));
    let mut tampered = NEW.to_vec();
    tampered[0] ^= 1;
    assert_eq!(verify(&tampered), Err(Refusal::NotSigned));
    let (wanted, found) = (NEW.len() as u64, NEW.len() as u64 - 1);
    assert_eq!(verify(&NEW[1..]), Err(Refusal::OtherLength { wanted, found }));

    // Rightly signed, but as another version, or for another system.
    for comment in [
        "dialdeck 1.3.0 linux-x86_64-appimage",
        "dialdeck 1.5.0 windows-x86_64-nsis",
    ] {
        let swapped = Release {
            comment: Some(comment),
            ..Release::default()
        };
        let manifest = swapped.manifest(&keys, "http://127.0.0.1/x");
        let offer = publisher
            .offer(
                &manifest,
                &sign(&keys, &manifest, "manifest"),
                &installed(),
                Timestamp::now(),
            )
            .unwrap()
            .unwrap();
        let comment = comment.to_owned();
        assert_eq!(
            publisher.verify(&offer, NEW.to_vec()),
            Err(Refusal::AnotherFile { comment })
        );
    }
}

#[tokio::test]
async fn a_server_that_sends_more_than_was_offered_is_cut_off() {
    let (keys, publisher) = publisher();
    let server = Server::with(&keys, &Release::default()).await;
    let offer = asked(&server, &publisher, &installed()).await.unwrap().unwrap();
    let fetched = download(&reqwest::Client::new(), &offer.url, offer.bytes - 1).await;
    assert!(matches!(fetched, Err(DownloadProblem::TooLong(_))), "{fetched:?}");
    let missing = download(&reqwest::Client::new(), &server.url("gone"), 10).await;
    assert!(matches!(missing, Err(DownloadProblem::Status(404))), "{missing:?}");
}

#[tokio::test]
async fn nothing_is_installed_over_a_file_of_a_package_manager() {
    let (keys, publisher) = publisher();
    let server = Server::with(&keys, &Release::default()).await;
    let packaged = Installed {
        owner: Owner::PackageManager("dpkg".to_owned()),
        ..installed()
    };
    let manager = "dpkg".to_owned();
    assert_eq!(
        asked(&server, &publisher, &packaged).await,
        Err(Refusal::OfPackageManager { manager })
    );

    // The shell is a package's on every system that these tests run on.
    let shell = std::path::Path::new("/bin/sh").canonicalize().unwrap();
    assert!(
        matches!(owner_of(&shell), Owner::PackageManager(_)),
        "{:?}",
        owner_of(&shell)
    );
    let before = fs::read(&shell).unwrap();
    let offer = asked(&server, &publisher, &installed()).await.unwrap().unwrap();
    let verified = publisher.verify(&offer, NEW.to_vec()).unwrap();
    let refused = install(&verified, &shell).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    assert_eq!(fs::read(&shell).unwrap(), before);
}

#[tokio::test]
async fn a_release_without_an_artefact_for_this_system_says_so() {
    let (keys, publisher) = publisher();
    let server = Server::with(&keys, &Release::default()).await;
    let target = "plan9-mips".to_owned();
    let elsewhere = Installed {
        target: target.clone(),
        ..installed()
    };
    assert_eq!(
        asked(&server, &publisher, &elsewhere).await,
        Err(Refusal::NoneForThisSystem { target })
    );
}
