package dev.remora.dpdk;

import dev.remora.dpdk.ffi.ProcessStatus;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sets of CPUs as Linux and DPDK write them: {@code 0-3,8}. */
final class CpuList {
    private static final Pattern PART = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

    /** {@code CPU_SETSIZE}: DPDK knows no higher number. */
    private static final int LIMIT = 1024;

    private CpuList() {}

    /** The set written; throws if it is none. */
    static BitSet parse(String text) {
        BitSet cpus = new BitSet();
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part.strip());
            if (!matcher.matches()) {
                throw invalid(text);
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first || last >= LIMIT) {
                throw invalid(text);
            }
            cpus.set(first, last + 1);
        }
        return cpus;
    }

    /** The shortest way to write it. */
    static String format(BitSet cpus) {
        StringBuilder text = new StringBuilder();
        for (int first = cpus.nextSetBit(0); first >= 0; ) {
            int end = cpus.nextClearBit(first);
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (end - first > 1) {
                text.append('-').append(end - 1);
            }
            first = cpus.nextSetBit(end);
        }
        return text.toString();
    }

    /** CPUs this process may use. */
    static BitSet allowed() {
        String allowed = ProcessStatus.allowedCpus();
        if (allowed != null) {
            return parse(allowed);
        }
        BitSet cpus = new BitSet();
        cpus.set(0, Runtime.getRuntime().availableProcessors());
        return cpus;
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(
                "\"" + text + "\" is not a list of CPUs; write numbers and ranges below " + LIMIT + ", such as 0-3,8");
    }
}
