package dev.remora.dpdk.doctor;

/**
 * The JVM.
 *
 * @param recent whether it is new enough for Remora
 * @param dpdkPossible whether DPDK can be used from it, the machine's architecture included
 */
record JavaCheck(boolean recent, boolean dpdkPossible) {
    static final int LEAST = 25;

    static JavaCheck examine(Host host, Findings findings) {
        String version = property(host, "java.version");
        String specification = property(host, "java.specification.version");
        boolean recent = Numbers.number(specification, 0) >= LEAST;
        if (recent) {
            findings.ok("java.version", "JDK " + version + " (" + LEAST + " or newer is needed)");
        } else {
            findings.problem(
                    "java.version",
                    "JDK " + version + " is too old: " + LEAST + " or newer is needed",
                    "install a JDK " + LEAST
                            + " and run Remora with it: REMORA_JAVA_HOME=FOLDER for ./remora, JAVA_HOME "
                            + "for your own applications");
        }
        if (host.machine().nativeAccess()) {
            findings.ok("java.native-access", "native access is granted");
        } else {
            findings.warning(
                    "java.native-access",
                    "native access is not granted: this JVM warns at the first native call, or denies it",
                    "add --enable-native-access=ALL-UNNAMED to java's options (on the module path: "
                            + "--enable-native-access=dev.remora.dpdk)");
        }
        return new JavaCheck(recent, recent && platform(host, findings));
    }

    private static boolean platform(Host host, Findings findings) {
        String system = property(host, "os.name");
        String architecture = property(host, "os.arch");
        if (!system.equals("Linux")) {
            findings.problem(
                    "java.platform",
                    system + ": DPDK is used on Linux only",
                    "run Remora over kernel TCP here, or use Linux");
            return false;
        }
        if (architecture.equals("amd64") || architecture.equals("x86_64")) {
            findings.ok("java.platform", "Linux on x86_64, kernel " + property(host, "os.version"));
            return true;
        }
        // Struct layouts depend on the size of a cache line, which DPDK's builds for other architectures set
        // differently.
        findings.problem(
                "java.platform",
                "Linux on " + architecture + ": the layouts of DPDK's structs are known for x86_64 only",
                "run Remora over kernel TCP here, or on x86_64");
        return false;
    }

    private static String property(Host host, String name) {
        String value = host.machine().property(name);
        return value == null ? "unknown" : value;
    }
}
