package dev.remora.bench.ab.side;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who can be compared. */
public final class Sides {
    /** What is compared when nothing else is said; the first is the baseline. */
    public static final List<String> DEFAULTS = List.of("remora-homa", "remora-tcp", "remora-tcp-16", "grpc-java");

    /** Of the experiment with offloads: messages cut by the kernel or by us, one engine or two. */
    public static final List<String> OFFLOADS =
            List.of("homa-super-packets", "homa-packets", "homa-super-packets-2-engines", "remora-tcp");

    private static final int MAX_CONNECTIONS = 1_024;
    private static final Pattern TCP = Pattern.compile("remora-tcp(?:-([0-9]{1,4}))?");

    private Sides() {}

    /** For messages: what {@link #find} knows. */
    public static String known() {
        return "remora-homa, remora-tcp, remora-tcp-N with N connections per peer (2 to " + MAX_CONNECTIONS
                + "), grpc-java, " + String.join(", ", OFFLOADS.subList(0, 3));
    }

    public static Optional<Side> find(String name) {
        return switch (name) {
            case "remora-homa" -> Optional.of(RemoraSide.homa());
            case "grpc-java" -> Optional.of(new GrpcSide());
            case "homa-super-packets" ->
                Optional.of(RemoraSide.homa(name, "Homa, super-packets cut by kernel or NIC", Map.of()));
            case "homa-packets" ->
                Optional.of(RemoraSide.homa(
                        name, "Homa, cut into packets by itself", Map.of("protocol.max-gso-size", 1_500L)));
            case "homa-super-packets-2-engines" ->
                Optional.of(RemoraSide.homa(name, "Homa, super-packets, 2 queues", Map.of("engines", 2L)));
            default -> tcp(name);
        };
    }

    private static Optional<Side> tcp(String name) {
        Matcher matcher = TCP.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int connections = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
        boolean sensible = matcher.group(1) == null || (connections >= 2 && connections <= MAX_CONNECTIONS);
        return sensible ? Optional.of(RemoraSide.tcp(connections)) : Optional.empty();
    }
}
