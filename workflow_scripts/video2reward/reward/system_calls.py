"""A seccomp filter for the trial process: the kernel allows memory, time and output, and refuses everything else.

Linux only (seccomp(2), linux/seccomp.h); on other systems and architectures nothing is installed, and the verdict says
so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

# Numbers of the system calls that an initialised process needs to compute and print:
# arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h. None opens files, starts processes or
# signals others.
_ALLOWED: dict[str, dict[str, int]] = {
    "x86_64": {
        "read": 0, "write": 1, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "lseek": 8, "mmap": 9, "mprotect": 10,
        "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "writev": 20,
        "access": 21, "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35, "getpid": 39, "exit": 60,
        "uname": 63, "getcwd": 79, "readlink": 89, "gettimeofday": 96, "getrusage": 98, "sysinfo": 99, "times": 100,
        "sigaltstack": 131, "gettid": 186, "time": 201, "futex": 202, "sched_getaffinity": 204, "restart_syscall": 219,
        "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "newfstatat": 262,
        "faccessat": 269, "set_robust_list": 273, "getcpu": 309, "getrandom": 318, "membarrier": 324, "statx": 332,
        "rseq": 334, "faccessat2": 439,
    },
    "aarch64": {
        "getcwd": 17, "faccessat": 48, "close": 57, "lseek": 62, "read": 63, "write": 64, "writev": 66,
        "readlinkat": 78, "newfstatat": 79, "fstat": 80, "exit": 93, "exit_group": 94, "futex": 98,
        "set_robust_list": 99, "nanosleep": 101, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115,
        "sched_getaffinity": 123, "sched_yield": 124, "restart_syscall": 128, "sigaltstack": 132, "rt_sigaction": 134,
        "rt_sigprocmask": 135, "rt_sigreturn": 139, "times": 153, "uname": 160, "getrusage": 165, "getcpu": 168,
        "gettimeofday": 169, "getpid": 172, "gettid": 178, "sysinfo": 179, "brk": 214, "munmap": 215, "mremap": 216,
        "mmap": 222, "mprotect": 226, "madvise": 233, "getrandom": 278, "membarrier": 283, "statx": 291, "rseq": 293,
        "faccessat2": 439,
    },
}  # fmt: skip
# the kernel's architecture number, clone, clone3, tgkill, seccomp
_SPECIAL = {"x86_64": (0xC000003E, 56, 435, 234, 317), "aarch64": (0xC00000B7, 220, 435, 131, 277)}

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # linux/bpf_common.h
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000  # linux/seccomp.h
_CLONE_THREAD = 0x00010000
_NO_NEW_PRIVS, _SET_FILTER, _ALL_THREADS = 38, 1, 1


def forbid_system_calls() -> str:
    """Permanently forbid all but harmless system calls in this process and its threads -> what is in force, in words."""
    machine = platform.machine()
    if machine not in _ALLOWED:
        return f"not held here (unknown architecture {machine})"
    program = _program(machine)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.syscall.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_char_p]
        if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return f"not held here ({os.strerror(ctypes.get_errno())})"
        if libc.syscall(_SPECIAL[machine][4], _SET_FILTER, _ALL_THREADS, header) != 0:
            return f"not held here ({os.strerror(ctypes.get_errno())})"
    except (OSError, AttributeError) as error:
        return f"not held here ({error})"
    return "memory, time and output only"


def _program(machine: str) -> bytes:
    """Return the filter as BPF code, 8 bytes per instruction."""
    architecture, clone, clone3, tgkill, _ = _SPECIAL[machine]
    refuse = _REFUSE | errno.EPERM
    code = [
        _instruction(_LOAD, 4),  # seccomp_data.arch
        _instruction(_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, 0),  # seccomp_data.nr
    ]
    for number in _ALLOWED[machine].values():
        code += [_instruction(_EQUAL, number, 0, 1), _instruction(_RETURN, _ALLOW)]
    # Without clone3 the C library uses clone, whose flags can be checked: threads are allowed, processes are not.
    code += [_instruction(_EQUAL, clone3, 0, 1), _instruction(_RETURN, _REFUSE | errno.ENOSYS)]
    code += [_instruction(_EQUAL, clone, 0, 4), _instruction(_LOAD, 16)]  # low half of the first argument
    code += [_instruction(_ANY_BIT, _CLONE_THREAD, 0, 1), _instruction(_RETURN, _ALLOW)]
    code += [_instruction(_RETURN, refuse)]
    # abort() signals its own process; signals to others are refused.
    code += [_instruction(_EQUAL, tgkill, 0, 4), _instruction(_LOAD, 16)]
    code += [_instruction(_EQUAL, os.getpid(), 0, 1), _instruction(_RETURN, _ALLOW)]
    return b"".join([*code, _instruction(_RETURN, refuse), _instruction(_RETURN, refuse)])


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
