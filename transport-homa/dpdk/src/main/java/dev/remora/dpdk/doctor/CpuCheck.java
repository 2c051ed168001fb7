package dev.remora.dpdk.doctor;

import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CPUs: how many, whether some are kept free, how fast they are allowed to be. */
final class CpuCheck {
    private static final Pattern ALLOWED = Pattern.compile("(?m)^Cpus_allowed_list:\\s+(\\S+)");
    private static final Pattern CPU = Pattern.compile("cpu\\d+");
    private static final String FOLDER = "/sys/devices/system/cpu/";

    private CpuCheck() {}

    static void examine(Host host, Findings findings) {
        String online = host.line(FOLDER + "online");
        Matcher line = ALLOWED.matcher(host.text("/proc/self/status"));
        String allowed = line.find() ? line.group(1) : online;
        int count = Numbers.count(allowed);
        if (count == 1) {
            findings.warning(
                    "cpu.count",
                    "this process may use 1 CPU: a polling thread shares it with all others",
                    "allow more (taskset, cpuset, the virtual machine), or use kernel TCP");
        } else {
            findings.ok(
                    "cpu.count",
                    "this process may use " + Numbers.plural(count, "CPU") + " (" + allowed + ") of "
                            + Numbers.count(online));
        }
        isolated(host, count, findings);
        governor(host, findings);
    }

    private static void isolated(Host host, int count, Findings findings) {
        String isolated = host.line(FOLDER + "isolated");
        if (!isolated.isEmpty()) {
            findings.ok("cpu.isolated", "isolated CPUs: " + isolated);
        } else if (count < 4) {
            findings.ok("cpu.isolated", "no CPU is isolated; with so few that is right");
        } else {
            findings.note(
                    "cpu.isolated",
                    "no CPU is isolated: other threads interrupt polling ones, which shows in the slowest calls",
                    "for the best tails boot with isolcpus=2-3 nohz_full=2-3 rcu_nocbs=2-3 (your own numbers) and give "
                            + "these to Remora: taskset -c 0-3 COMMAND");
        }
    }

    private static void governor(Host host, Findings findings) {
        TreeSet<String> governors = new TreeSet<>();
        for (String cpu : host.machine().list(FOLDER)) {
            if (CPU.matcher(cpu).matches()) {
                String governor = host.line(FOLDER + cpu + "/cpufreq/scaling_governor");
                if (!governor.isEmpty()) {
                    governors.add(governor);
                }
            }
        }
        if (governors.isEmpty()) {
            findings.ok("cpu.governor", "the kernel does not choose the clock rate (virtual machine or firmware does)");
        } else if (governors.size() == 1 && governors.contains("performance")) {
            findings.ok("cpu.governor", "frequency governor: performance");
        } else {
            findings.note(
                    "cpu.governor",
                    "frequency governor: " + String.join(", ", governors)
                            + "; clock rates that change make latencies that change",
                    host.sudo() + "sh -c 'for g in " + FOLDER
                            + "cpu*/cpufreq/scaling_governor; do echo performance > $g; done'");
        }
    }
}
