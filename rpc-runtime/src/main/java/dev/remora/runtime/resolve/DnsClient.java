package dev.remora.runtime.resolve;

import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;
import org.xbill.DNS.lookup.ServerFailedException;

/** Asks DNS servers, for one target. Remembers nothing: whoever asks keeps to the TTL. For any thread. */
final class DnsClient {
    private static final int DNS_PORT = 53;

    /** Addresses of a host, and how long they are valid. */
    record Addresses(List<InetAddress> addresses, long ttlNs) {}

    private final boolean ownServers;
    private final List<String> servers;
    private final String families;
    private final long timeoutNs;
    private final int attempts;
    /** Made by the first look-up, since finding the system's servers may read files. */
    private @Nullable LookupSession session;

    DnsClient(Target target, SettingValues values) {
        servers = target.authority().isEmpty()
                ? values.get(DnsSettings.SERVERS)
                : List.of(target.authority().split(","));
        ownServers = !servers.isEmpty();
        servers.forEach(server -> serverAddress(target, server));
        families = values.get(DnsSettings.ADDRESSES);
        timeoutNs = values.get(DnsSettings.TIMEOUT);
        attempts = values.getInt(DnsSettings.ATTEMPTS);
    }

    private static Endpoint serverAddress(Object target, String server) {
        String s = server.strip();
        // One colon is a port's, several are an IPv6 address without one.
        boolean withPort =
                s.startsWith("[") ? s.contains("]:") : s.indexOf(':') > 0 && s.indexOf(':') == s.lastIndexOf(':');
        String host = s.startsWith("[") && s.endsWith("]") ? s.substring(1, s.length() - 1) : s;
        try {
            return withPort ? Endpoint.parse(s) : new Endpoint(host, DNS_PORT);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + target + "': DNS server " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if it is none */
    Name name(String text) {
        try {
            // The search path is for the system's servers; others get full names.
            return ownServers ? Name.fromString(text, Name.root) : Name.fromString(text);
        } catch (TextParseException e) {
            throw new IllegalArgumentException("'" + text + "' is not a DNS name: " + e.getMessage(), e);
        }
    }

    /** Addresses of the families that are wanted. */
    Addresses addresses(Name host) throws ResolveFailure, InterruptedException {
        return switch (families) {
            case "ipv4" -> some(host, ask(host, Type.A));
            case "ipv6" -> some(host, ask(host, Type.AAAA));
            case "both" -> both(host);
            case "prefer-ipv6" -> either(host, Type.AAAA, Type.A);
            default -> either(host, Type.A, Type.AAAA);
        };
    }

    private Addresses either(Name host, int first, int second) throws ResolveFailure, InterruptedException {
        Answer answer = ask(host, first);
        return some(host, answer.records().isEmpty() ? ask(host, second) : answer);
    }

    private Addresses both(Name host) throws ResolveFailure, InterruptedException {
        List<Record> all = new ArrayList<>(ask(host, Type.A).records());
        all.addAll(ask(host, Type.AAAA).records());
        return some(host, new Answer(all, "has neither A nor AAAA records"));
    }

    private static Addresses some(Name host, Answer answer) throws ResolveFailure {
        List<InetAddress> addresses = new ArrayList<>();
        long ttlSeconds = Long.MAX_VALUE;
        for (Record record : answer.records()) {
            if (record instanceof ARecord a) {
                addresses.add(a.getAddress());
            } else if (record instanceof AAAARecord a) {
                addresses.add(a.getAddress());
            } else {
                continue;
            }
            ttlSeconds = Math.min(ttlSeconds, record.getTTL());
        }
        if (addresses.isEmpty()) {
            throw new ResolveFailure.NoSuchName("DNS: " + host + " " + answer.whyEmpty());
        }
        return new Addresses(addresses, seconds(ttlSeconds));
    }

    static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(Math.clamp(seconds, 0, Integer.MAX_VALUE));
    }

    /** @param whyEmpty in words that follow the name, if there are no records */
    record Answer(List<Record> records, String whyEmpty) {}

    /** The records of a name, none if there are certainly none. */
    Answer ask(Name name, int type) throws ResolveFailure, InterruptedException {
        CompletableFuture<LookupResult> asked =
                session().lookupAsync(name, type).toCompletableFuture();
        try {
            long limitNs = timeoutNs * attempts * Math.max(1, servers.size()) + TimeUnit.SECONDS.toNanos(5);
            return new Answer(
                    asked.get(limitNs, TimeUnit.NANOSECONDS).getRecords(), "has no " + Type.string(type) + " record");
        } catch (TimeoutException e) {
            asked.cancel(true);
            throw new ResolveFailure("DNS: no answer for " + name + " in time" + from(), e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (cause instanceof NoSuchDomainException) {
                return new Answer(List.of(), "does not exist (NXDOMAIN)");
            }
            if (cause instanceof NoSuchRRSetException) {
                return new Answer(List.of(), "has no " + Type.string(type) + " record");
            }
            String why = cause instanceof ServerFailedException
                    ? "the server failed (SERVFAIL)"
                    : Objects.requireNonNullElse(cause.getMessage(), cause.toString());
            throw new ResolveFailure("DNS: look-up of " + name + " failed" + from() + ": " + why, cause);
        }
    }

    private String from() {
        return ownServers ? " at " + String.join(", ", servers) : "";
    }

    private synchronized LookupSession session() throws ResolveFailure {
        if (session == null) {
            // The threads of the library's sockets must not run what may read files.
            LookupSession.LookupSessionBuilder builder =
                    LookupSession.builder().executor(task -> Thread.ofVirtual().start(task));
            try {
                builder.resolver(resolver());
            } catch (IOException e) {
                throw new ResolveFailure("DNS: the servers cannot be asked" + from() + ": " + e.getMessage(), e);
            }
            if (!ownServers) {
                ResolverConfig system = ResolverConfig.getCurrentConfig();
                builder.searchPath(system.searchPath()).ndots(system.ndots()).defaultHostsFileParser();
            }
            session = builder.build();
        }
        return session;
    }

    private Resolver resolver() throws IOException {
        Duration timeout = Duration.ofNanos(timeoutNs);
        List<Resolver> resolvers = new ArrayList<>();
        for (String server : servers) {
            Endpoint at = serverAddress("dns", server);
            resolvers.add(simple(new InetSocketAddress(InetAddress.getByName(at.host()), at.port()), timeout));
        }
        if (!ownServers) {
            for (InetSocketAddress server : ResolverConfig.getCurrentConfig().servers()) {
                resolvers.add(simple(server, timeout));
            }
        }
        ExtendedResolver all = new ExtendedResolver(resolvers);
        all.setRetries(attempts);
        all.setTimeout(timeout.multipliedBy((long) attempts * Math.max(1, resolvers.size())));
        return all;
    }

    private static Resolver simple(InetSocketAddress server, Duration timeout) {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setTimeout(timeout);
        return resolver;
    }
}
