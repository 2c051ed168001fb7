package dev.remora.dpdk.doctor;

import dev.remora.dpdk.doctor.Doctor.Machine;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A machine and what every check asks about it: who runs this, with which rights, on which distribution and kernel.
 *
 * @param capabilities the effective ones, as a bit set
 * @param lockableBytes RLIMIT_MEMLOCK
 */
record Host(
        Machine machine,
        boolean root,
        long capabilities,
        long lockableBytes,
        Distribution distribution,
        Kernel kernel) {
    static final int CAP_NET_ADMIN = 12;
    static final int CAP_NET_RAW = 13;
    static final int CAP_IPC_LOCK = 14;
    static final int CAP_SYS_ADMIN = 21;
    static final int CAP_BPF = 39;

    private static final Pattern LOCKED = Pattern.compile("Max locked memory\\s+(\\S+)");
    private static final Pattern UID = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)");
    private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s+([0-9a-f]+)");

    static Host of(Machine machine) {
        String status = text(machine, "/proc/self/status");
        Matcher uid = UID.matcher(status);
        Matcher effective = EFFECTIVE.matcher(status);
        Matcher locked = LOCKED.matcher(text(machine, "/proc/self/limits"));
        long lockable = !locked.find()
                ? 0
                : locked.group(1).equals("unlimited") ? Long.MAX_VALUE : Numbers.number(locked.group(1), 0);
        return new Host(
                machine,
                uid.find() && uid.group(1).equals("0"),
                effective.find() ? Long.parseUnsignedLong(effective.group(1), 16) : 0,
                lockable,
                Distribution.of(text(machine, "/etc/os-release")),
                new Kernel(machine));
    }

    boolean can(int capability) {
        return (capabilities >>> capability & 1) != 0;
    }

    /** What goes before a command that only root may run. Where root is at work already, sudo may not even be installed. */
    String sudo() {
        return root ? "" : "sudo ";
    }

    /** A file in one line, or an empty text. */
    String line(String path) {
        return text(machine, path).strip();
    }

    /** A number in a file. */
    long number(String path, long otherwise) {
        return Numbers.number(line(path), otherwise);
    }

    /** A file, or an empty text. */
    String text(String path) {
        return text(machine, path);
    }

    /** Last part of where a link leads; null if there is no such link. */
    @Nullable
    String target(String path) {
        String end = machine.resolve(path);
        return end == null ? null : end.substring(end.lastIndexOf('/') + 1);
    }

    private static String text(Machine machine, String path) {
        String text = machine.read(path);
        return text == null ? "" : text;
    }
}
