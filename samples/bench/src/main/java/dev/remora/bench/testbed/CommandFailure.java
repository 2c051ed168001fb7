package dev.remora.bench.testbed;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes of a command's complaint an error that says how to mend it. */
final class CommandFailure {
    /** What {@code ip} and {@code tc} print after the first line of a batch that fails. */
    private static final Pattern FAILED_LINE = Pattern.compile("Command failed -:(\\d{1,6})");

    private static final Pattern NOT_IN_KERNEL = Pattern.compile(
            "Unknown device type|kind is unknown|not found|Operation not supported|No such file or directory");

    /** What in a command needs what of the kernel. */
    private static final Map<Pattern, String> FEATURES = Map.of(
            Pattern.compile(" type veth "), "CONFIG_VETH",
            Pattern.compile(" type bridge( |$)"), "CONFIG_BRIDGE",
            Pattern.compile(" htb "), "CONFIG_NET_SCH_HTB",
            Pattern.compile(" [bp]fifo "), "CONFIG_NET_SCH_FIFO",
            Pattern.compile(" u32 "), "CONFIG_NET_CLS_U32",
            Pattern.compile("^netns add "), "CONFIG_NET_NS");

    private CommandFailure() {}

    static TestbedException of(List<String> command, List<String> input, int exitCode, String said) {
        String line = failedLine(input, said);
        String what = String.join(" ", command) + (line.isEmpty() ? "" : " at \"" + line + "\"");
        return new TestbedException(
                what + " failed with exit code " + exitCode + ": " + (said.isEmpty() ? "it said nothing" : said),
                mend(line.isEmpty() ? String.join(" ", command) : line, said));
    }

    private static String failedLine(List<String> input, String said) {
        Matcher at = FAILED_LINE.matcher(said);
        int number = at.find() ? Integer.parseInt(at.group(1)) : 0;
        return number >= 1 && number <= input.size() ? input.get(number - 1) : "";
    }

    private static String mend(String line, String said) {
        if (said.contains("Operation not permitted") || said.contains("Permission denied")) {
            return "run it as root with the rights CAP_SYS_ADMIN and CAP_NET_ADMIN (a container needs --privileged)";
        }
        if (said.contains("File exists")) {
            return "somebody uses these names: see ./remora testbed status, and ./remora testbed down";
        }
        if (NOT_IN_KERNEL.matcher(said).find()) {
            for (Map.Entry<Pattern, String> feature : FEATURES.entrySet()) {
                if (feature.getKey().matcher(line).find()) {
                    return "this kernel seems to lack " + feature.getValue()
                            + ": load its module, or take a kernel that has it";
                }
            }
        }
        return "read what the command said; ./remora testbed down removes what is left";
    }
}
