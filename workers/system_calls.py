"""The filter of system calls for sandboxed processes, made by libseccomp.

A program that computes or reads documents needs none of what is refused here: it is where kernels have had their holes.
What is refused fails with EPERM, so that a library that only tries goes on.
"""

import ctypes
import ctypes.util
import errno
import functools
import os
from typing import Any, Final

ALLOW: Final = 0x7FFF0000
"""`SCMP_ACT_ALLOW` (https://man7.org/linux/man-pages/man3/seccomp_init.3.html)."""
ERRNO: Final = 0x00050000
"""`SCMP_ACT_ERRNO`; the error's number is added."""
EQUAL, MASKED_EQUAL, GREATER = 4, 7, 6
"""`SCMP_CMP_EQ`, `SCMP_CMP_MASKED_EQ`, `SCMP_CMP_GT`
(https://man7.org/linux/man-pages/man3/seccomp_rule_add.3.html)."""

REFUSED: Final = (
    "acct",
    "add_key",
    "bpf",
    "chroot",
    "clock_adjtime",
    "clock_settime",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "mbind",
    "migrate_pages",
    "modify_ldt",
    "mount",
    "mount_setattr",
    "move_mount",
    "move_pages",
    "name_to_handle_at",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "personality",
    "pidfd_getfd",
    "pivot_root",
    "process_madvise",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quotactl",
    "reboot",
    "request_key",
    "setdomainname",
    "sethostname",
    "setns",
    "settimeofday",
    "swapoff",
    "swapon",
    "syslog",
    "umount",
    "umount2",
    "unshare",
    "userfaultfd",
    "vhangup",
    "vmsplice",
)
"""System calls that are refused whatever their arguments."""

REFUSED_WITHOUT_NAMESPACES: Final = (
    "inotify_add_watch",
    "inotify_init",
    "inotify_init1",
    "mq_open",
    "msgget",
    "semget",
    "shmget",
)
"""What is refused besides where sandboxes share namespaces: what tells of others' files, or is seen by them."""

NEW_USER: Final = 0x10000000
"""`CLONE_NEWUSER`: a user namespace within the sandbox would give its programs capabilities again."""
PUSH_INPUT: Final = 0x5412
"""`TIOCSTI` types into the terminal that a program was started from."""
FAMILIES: Final = frozenset({1, 2, 10, 16})
"""The families of sockets that are let through: AF_UNIX, AF_INET, AF_INET6, AF_NETLINK; in the sandbox's own network
there is nobody to reach with them. Others (AF_VSOCK reaches the machine's host) know no network namespaces.
"""
FAMILIES_WITHOUT_NAMESPACES: Final = frozenset({1, 16})
"""AF_UNIX; and AF_NETLINK, as ZeroMQ ends a process that it cannot ask for the network's interfaces."""
LAST_FAMILY: Final = 45
SET_SECCOMP, MODE_FILTER = 22, 2
"""`PR_SET_SECCOMP`, `SECCOMP_MODE_FILTER` (https://man7.org/linux/man-pages/man2/PR_SET_SECCOMP.2const.html)."""


class _Comparison(ctypes.Structure):
    """`struct scmp_arg_cmp`: argument number, comparison, and what is compared."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class NoFilterError(Exception):
    """The filter cannot be made; the message says why."""


class _Program(ctypes.Structure):
    """`struct sock_fprog`: how many instructions, of 8 bytes each, and where they are."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install(program: bytes) -> None:
    """Filter the system calls of this process and of its children from now on; it must have no new privileges.

    Raises:
        OSError: the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    filter_ = _Program(len(program) // 8, program)
    if libc.prctl(SET_SECCOMP, MODE_FILTER, ctypes.byref(filter_), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@functools.cache
def filter_program(*, namespaces: bool = True) -> bytes:
    """The filter as the kernel takes it (BPF), for this machine's kind of processor.

    `namespaces`: whether the process has a network, processes and so on of its own.

    Raises:
        NoFilterError: libseccomp is not here, or refuses.
    """
    library = _library()
    context = library.seccomp_init(ALLOW)
    if not context:
        raise NoFilterError("libseccomp made no filter")
    try:
        for name in REFUSED if namespaces else (*REFUSED, *REFUSED_WITHOUT_NAMESPACES):
            _refuse(library, context, name, errno.EPERM)
        # No filter can see the arguments of clone3; glibc uses clone where it is not there.
        _refuse(library, context, "clone3", errno.ENOSYS)
        _refuse(library, context, "clone", errno.EPERM, _Comparison(0, MASKED_EQUAL, NEW_USER, NEW_USER))
        _refuse(library, context, "ioctl", errno.EPERM, _Comparison(1, MASKED_EQUAL, 0xFFFFFFFF, PUSH_INPUT))
        _refuse(library, context, "socket", errno.EAFNOSUPPORT, _Comparison(0, GREATER, LAST_FAMILY, 0))
        for family in set(range(LAST_FAMILY + 1)) - (FAMILIES if namespaces else FAMILIES_WITHOUT_NAMESPACES):
            _refuse(library, context, "socket", errno.EAFNOSUPPORT, _Comparison(0, EQUAL, family, 0))
        return _exported(library, context)
    finally:
        library.seccomp_release(context)


def _library() -> Any:
    name = ctypes.util.find_library("seccomp")
    try:
        library = ctypes.CDLL(name or "libseccomp.so.2")
    except OSError:
        raise NoFilterError("libseccomp is not installed") from None
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.POINTER(_Comparison),
    ]
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    return library


def _refuse(library: Any, context: Any, name: str, error: int, *when: _Comparison) -> None:
    """Add a rule; a system call that this processor or this libseccomp does not have needs none."""
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:
        return
    comparisons = (_Comparison * len(when))(*when)
    if library.seccomp_rule_add_array(context, ERRNO | error, number, len(when), comparisons) != 0:
        raise NoFilterError(f"libseccomp takes no rule for {name}")


def _exported(library: Any, context: Any) -> bytes:
    descriptor = os.memfd_create("seccomp")
    try:
        if library.seccomp_export_bpf(context, descriptor) != 0:
            raise NoFilterError("libseccomp wrote no filter")
        os.lseek(descriptor, 0, os.SEEK_SET)
        with os.fdopen(os.dup(descriptor), "rb") as written:
            return written.read()
    finally:
        os.close(descriptor)
