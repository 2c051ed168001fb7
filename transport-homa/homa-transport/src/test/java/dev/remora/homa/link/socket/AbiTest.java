package dev.remora.homa.link.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.link.socket.Machine.Output;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link Abi} against the C headers: a wrong offset would not fail but write elsewhere. */
class AbiTest {
    private static final String HEADERS = """
            #define _GNU_SOURCE
            #include <stdio.h>
            #include <stddef.h>
            #include <errno.h>
            #include <poll.h>
            #include <time.h>
            #include <sys/socket.h>
            #include <sys/uio.h>
            #include <sys/ioctl.h>
            #include <sys/eventfd.h>
            #include <sys/prctl.h>
            #include <net/if.h>
            #include <net/if_arp.h>
            #include <linux/if_packet.h>
            #include <linux/if_ether.h>
            #include <linux/filter.h>
            #include <linux/virtio_net.h>
            """;

    /** Structs by the names they have in Abi. */
    private static final Map<String, String> STRUCTS = Map.of(
            "SOCKADDR_LL", "struct sockaddr_ll",
            "VIRTIO_NET_HDR", "struct virtio_net_hdr",
            "IOVEC", "struct iovec",
            "MMSGHDR", "struct mmsghdr",
            "SOCK_FILTER", "struct sock_filter",
            "SOCK_FPROG", "struct sock_fprog",
            "IFREQ", "struct ifreq",
            "POLLFD", "struct pollfd",
            "TIMESPEC", "struct timespec",
            "TPACKET_STATS", "struct tpacket_stats");

    /** Fields whose names in C are not those of Abi in small letters. */
    private static final Map<String, String> FIELDS = Map.ofEntries(
            Map.entry("SOCKADDR_LL__FAMILY", "sll_family"),
            Map.entry("SOCKADDR_LL__PROTOCOL", "sll_protocol"),
            Map.entry("SOCKADDR_LL__IFINDEX", "sll_ifindex"),
            Map.entry("IOVEC__BASE", "iov_base"),
            Map.entry("IOVEC__LEN", "iov_len"),
            Map.entry("MMSGHDR__IOV", "msg_hdr.msg_iov"),
            Map.entry("MMSGHDR__IOVLEN", "msg_hdr.msg_iovlen"),
            Map.entry("MMSGHDR__FLAGS", "msg_hdr.msg_flags"),
            Map.entry("MMSGHDR__LEN", "msg_len"),
            Map.entry("IFREQ__NAME", "ifr_name"),
            Map.entry("IFREQ__VALUE", "ifr_data"),
            Map.entry("TIMESPEC__NSEC", "tv_nsec"),
            Map.entry("TPACKET_STATS__DROPS", "tp_drops"));

    @Test
    void agreesWithTheHeaders(@TempDir Path folder) throws Exception {
        if (Machine.run(List.of("gcc", "--version")).status() != 0) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError("gcc is not installed, and CI must compare");
            }
            Machine.skip("gcc is not installed");
        }
        Map<String, Long> ours = constants();
        assertThat(ours).hasSizeGreaterThan(90);
        assertThat(headerValues(folder, ours)).isEqualTo(ours);
    }

    private static Map<String, Long> constants() throws IllegalAccessException {
        Map<String, Long> constants = new TreeMap<>();
        for (Field field : Abi.class.getDeclaredFields()) {
            if (!field.isSynthetic()) {
                constants.put(field.getName(), ((Number) field.get(null)).longValue());
            }
        }
        return constants;
    }

    private static Map<String, Long> headerValues(Path folder, Map<String, Long> wanted) throws IOException {
        StringBuilder program = new StringBuilder(HEADERS).append("int main(void) {\n");
        for (String name : wanted.keySet()) {
            program.append("printf(\"%s=%%lld\\n\", (long long) (%s));\n".formatted(name, expression(name)));
        }
        program.append("return 0;\n}\n");
        Path source = Files.writeString(folder.resolve("abi.c"), program);
        Path binary = folder.resolve("abi");
        Output compiled = Machine.run(List.of("gcc", "-std=gnu11", "-w", "-o", binary.toString(), source.toString()));
        assertThat(compiled.status()).as(compiled.text()).isZero();
        Map<String, Long> values = new TreeMap<>();
        for (String line :
                Machine.run(List.of(binary.toString())).text().lines().toList()) {
            String[] parts = line.split("=", 2);
            values.put(parts[0], Long.parseLong(parts[1]));
        }
        return values;
    }

    private static String expression(String name) {
        int separator = name.indexOf("__");
        if (separator > 0) {
            String field =
                    FIELDS.getOrDefault(name, name.substring(separator + 2).toLowerCase(Locale.ROOT));
            return "offsetof(" + STRUCTS.get(name.substring(0, separator)) + ", " + field + ")";
        }
        return name.endsWith("_BYTES")
                ? "sizeof(" + STRUCTS.get(name.substring(0, name.length() - "_BYTES".length())) + ")"
                : name;
    }
}
