package dev.remora.dpdk.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.remora.dpdk.CTools;
import dev.remora.dpdk.DpdkVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The layout files against the C headers of the installed release: a wrong offset would not fail but write elsewhere.
 * Where gcc or the headers are missing the comparison is skipped, except on CI ({@code CI=true}), where it fails.
 */
class LayoutTest {
    private static final String HEADERS = """
            #include <stdio.h>
            #include <stddef.h>
            #include <rte_version.h>
            #include <rte_mbuf.h>
            #include <rte_mbuf_dyn.h>
            #include <rte_mempool.h>
            #include <rte_ring.h>
            #include <rte_ethdev.h>
            """;

    @ParameterizedTest
    @EnumSource
    void everyReleaseHasItsLayout(DpdkVersion version) {
        Layout layout = Layout.of(version);
        assertThat(layout.version()).isEqualTo(version);
        assertThat(layout.sizeOf("rte_mbuf")).isEqualTo(128);
        assertThat(layout.offset("rte_mbuf.buf_addr")).isZero();
        assertThat(layout.constant("RTE_MAX_ETHPORTS")).isEqualTo(32);
        for (String key : layout.values().stringPropertyNames()) {
            assertThat(layout.offset(key)).as("%s of %s", key, version).isNotNegative();
        }
    }

    @ParameterizedTest
    @EnumSource
    void fieldsLieInsideTheirStructs(DpdkVersion version) {
        Layout layout = Layout.of(version);
        for (String key : layout.values().stringPropertyNames()) {
            int dot = key.indexOf('.');
            if (dot > 0 && !key.startsWith("sizeof.")) {
                String struct = key.substring(0, dot);
                assertThat(layout.offset(key)).as("%s of %s", key, version).isLessThan(layout.sizeOf(struct));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void allReleasesHaveTheSameKeys(DpdkVersion version) {
        TreeSet<String> first = keys(DpdkVersion.V22_11);
        TreeSet<String> these = keys(version);
        TreeSet<String> missing = new TreeSet<>(first);
        missing.removeAll(these);
        TreeSet<String> added = new TreeSet<>(these);
        added.removeAll(first);
        assertThat(missing).as("in 22.11 but not in %s", version).isEmpty();
        assertThat(added).as("in %s but not in 22.11", version).isEmpty();
    }

    @Test
    void anUnknownKeyIsNamedWithItsRelease() {
        Layout layout = Layout.of(DpdkVersion.V23_11);
        assertThatThrownBy(() -> layout.offset("rte_mbuf.nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("23.11", "rte_mbuf.nonsense");
        assertThatThrownBy(() -> layout.sizeOf("rte_nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("23.11", "sizeof.rte_nonsense");
        assertThatThrownBy(() -> layout.constant("RTE_NONSENSE"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("23.11", "RTE_NONSENSE");
    }

    @Test
    void agreesWithTheHeadersOfTheInstalledRelease(@TempDir Path folder) throws IOException {
        String missing = CTools.missing();
        if (missing != null) {
            skip(missing);
        }
        TreeSet<String> keys = new TreeSet<>();
        for (DpdkVersion version : DpdkVersion.values()) {
            keys.addAll(keys(version));
        }
        Map<String, String> actual = headerValues(folder, keys);
        String release = actual.remove("release");
        DpdkVersion version = DpdkVersion.of("DPDK " + release);
        if (version == null) {
            skip("the headers are of DPDK " + release + ", which is not supported");
            return;
        }
        Layout layout = Layout.of(version);
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            String ours = layout.values().getProperty(key);
            String theirs = actual.get(key);
            if (ours == null || !ours.equals(theirs)) {
                differences.add(key + ": layout file " + ours + ", headers " + theirs);
            }
        }
        assertThat(differences)
                .as("layout-%s.properties against the headers of DPDK %s", version.release(), release)
                .isEmpty();
        assertThat(actual).hasSameSizeAs(keys);
    }

    private static Map<String, String> headerValues(Path folder, Iterable<String> keys) throws IOException {
        StringBuilder program = new StringBuilder(HEADERS);
        program.append("int main(void) {\n");
        program.append("printf(\"release=%d.%02d.%d\\n\", RTE_VER_YEAR, RTE_VER_MONTH, RTE_VER_MINOR);\n");
        for (String key : keys) {
            program.append("printf(\"")
                    .append(key)
                    .append("=%lld\\n\", (long long) ")
                    .append(expression(key))
                    .append(");\n");
        }
        program.append("return 0;\n}\n");
        Path source = Files.writeString(folder.resolve("layout.c"), program);
        Path binary = folder.resolve("layout");
        List<String> compile = new ArrayList<>(List.of("gcc", "-std=gnu11", "-w"));
        compile.addAll(CTools.headerFlags());
        // Experimental fields count: they are in the structs whether one asks for them or not.
        compile.addAll(List.of("-DALLOW_EXPERIMENTAL_API", "-o", binary.toString(), source.toString()));
        CTools.Result compiled = CTools.run(compile);
        if (compiled.status() != 0) {
            fail("keys of the layout files that the headers do not know (all of gcc's errors):\n" + compiled.output());
        }
        CTools.Result ran = CTools.run(List.of(binary.toString()));
        assertThat(ran.status()).as(ran.output()).isZero();
        Map<String, String> values = new TreeMap<>();
        ran.output().lines().forEach(line -> {
            int equals = line.indexOf('=');
            values.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return values;
    }

    private static String expression(String key) {
        if (key.startsWith("sizeof.")) {
            return "sizeof(struct " + key.substring("sizeof.".length()) + ")";
        }
        int dot = key.indexOf('.');
        return dot < 0
                ? "(" + key + ")"
                : "offsetof(struct " + key.substring(0, dot) + ", " + key.substring(dot + 1) + ")";
    }

    private static TreeSet<String> keys(DpdkVersion version) {
        return new TreeSet<>(Layout.of(version).values().stringPropertyNames());
    }

    private static void skip(String reason) {
        String text = "layouts NOT compared with C headers: " + reason;
        if ("true".equals(System.getenv("CI"))) {
            fail(text);
        }
        System.err.println(text);
        Assumptions.abort(text);
    }
}
