//! The memory of a process that holds keys is nobody else's to read.

/// Leaves no image of this process's memory anywhere, whatever happens to it: call it first of all.
///
/// A crash writes no core file, and no other process of the same user can read the memory or attach to it (`gcore`, a
/// debugger, `/proc/PID/mem` and `environ`). Both are needed: a core that goes to a crash collector through a pipe is not
/// under the limit, and the limit is what programs that we start have from us. The system's owner can still do as they
/// like. Where the system knows neither, nothing is done.
pub fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // Lowering a limit is everyone's right; a sandbox that forbids it has limits of its own.
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn there_will_be_no_core_and_nobody_can_attach() {
        super::keep_memory_private();
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
