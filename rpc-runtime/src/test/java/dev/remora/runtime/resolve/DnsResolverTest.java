package dev.remora.runtime.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.InstalledResolvers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** Names looked up at a DNS server of the test. */
class DnsResolverTest {
    private static final long MS = 1_000_000L;

    private LocalDnsServer server;
    private final HeardAddresses heard = new HeardAddresses();
    private final List<NameResolver> open = new ArrayList<>();

    @BeforeEach
    void startServer() throws IOException {
        server = new LocalDnsServer();
    }

    @AfterEach
    void stop() throws IOException {
        open.forEach(NameResolver::close);
        server.close();
    }

    private DefaultValues settings() {
        return DefaultValues.of(DnsSettings.ALL)
                .with(DnsSettings.SERVERS, List.of(server.address()))
                .with(DnsSettings.MIN_REFRESH, 10 * MS)
                .with(DnsSettings.TIMEOUT, 200 * MS);
    }

    private NameResolver start(String target, DefaultValues values) {
        DnsResolverProvider provider = new DnsResolverProvider();
        NameResolver resolver = provider.resolver(Target.parse(target, provider.schemes()), values);
        open.add(resolver);
        resolver.start(heard);
        return resolver;
    }

    @Test
    void aNameIsLookedUpAgainWhenItsTtlIsOver() throws Exception {
        server.zone("photos.test. 1 IN A 10.0.0.2", "photos.test. 1 IN A 10.0.0.1");
        start("dns:///photos.test:7000", settings());
        heard.await("10.0.0.1:7000", "10.0.0.2:7000");
        server.zone("photos.test. 3600 IN A 10.0.0.3");
        heard.await("10.0.0.3:7000");
    }

    @Test
    void aLongTtlIsCutAndARefreshComesSooner() throws Exception {
        server.zone("photos.test. 3600 IN A 10.0.0.1");
        NameResolver resolver = start("dns:///photos.test:7000", settings());
        heard.await("10.0.0.1:7000");
        server.zone("photos.test. 3600 IN A 10.0.0.2");
        resolver.refresh();
        heard.await("10.0.0.2:7000");

        start("dns:///photos.test:7000", settings().with(DnsSettings.MAX_REFRESH, 20 * MS));
        server.zone("photos.test. 3600 IN A 10.0.0.4");
        heard.await("10.0.0.4:7000");
    }

    @Test
    void refreshesDoNotFloodTheServer() throws Exception {
        server.zone("photos.test. 3600 IN A 10.0.0.1");
        NameResolver resolver =
                start("dns:///photos.test:7000", settings().with(DnsSettings.MIN_REFRESH, 3_600_000 * MS));
        heard.await("10.0.0.1:7000");
        int queries = server.queries.get();
        for (int i = 0; i < 1000; i++) {
            resolver.refresh();
        }
        assertThat(server.queries.get()).isEqualTo(queries);
    }

    @Test
    void failuresAreToldWithTheirReasonAndOvercome() throws Exception {
        start("dns:///photos.test:7000", settings());
        assertThat(heard.failure()).contains("photos.test. does not exist (NXDOMAIN)");
        server.trouble = Rcode.SERVFAIL;
        heard.next(what -> what.toString().contains("SERVFAIL"));
        server.trouble = -1;
        heard.next(what -> what.toString().contains("failed at " + server.address()));
        server.zone("photos.test. 5 IN TXT nothing");
        server.trouble = Rcode.NOERROR;
        heard.next(what -> what.toString().contains("photos.test. has no AAAA record"));
        server.zone("photos.test. 5 IN A 10.0.0.1");
        heard.await("10.0.0.1:7000");
    }

    @Test
    void answersThatAreTooLongForUdpComeOverTcp() throws Exception {
        String[] records = new String[60];
        String[] expected = new String[60];
        for (int i = 0; i < records.length; i++) {
            records[i] = "many.test. 60 IN A 10.0.1." + (100 + i);
            expected[i] = "10.0.1." + (100 + i) + ":7000";
        }
        server.zone(records);
        start("dns:///many.test:7000", settings());
        heard.await(expected);
        assertThat(server.tcpQueries.get()).isPositive();
    }

    @Test
    void aliasesAreFollowed() throws Exception {
        server.zone("photos.test. 60 IN CNAME real.test.", "real.test. 60 IN A 10.0.0.7");
        start("dns:photos.test:7000", settings());
        heard.await("10.0.0.7:7000");
    }

    @Test
    void oneFamilyOrBoth() throws Exception {
        server.zone("photos.test. 60 IN A 10.0.0.1", "photos.test. 60 IN AAAA 2001:db8::1");
        start("dns:///photos.test:7000", settings());
        heard.await("10.0.0.1:7000");
        start("dns:///photos.test:7000", settings().with(DnsSettings.ADDRESSES, "both"));
        heard.await("10.0.0.1:7000", "[2001:db8:0:0:0:0:0:1]:7000");
        start("dns:///photos.test:7000", settings().with(DnsSettings.ADDRESSES, "prefer-ipv6"));
        heard.await("[2001:db8:0:0:0:0:0:1]:7000");
        server.zone("photos.test. 60 IN A 10.0.0.1");
        start("dns:///photos.test:7000", settings().with(DnsSettings.ADDRESSES, "prefer-ipv6"));
        heard.await("10.0.0.1:7000");
        start("dns:///photos.test:7000", settings().with(DnsSettings.ADDRESSES, "ipv6"));
        assertThat(heard.failure()).contains("has no AAAA record");
    }

    @Test
    void srvRecordsHavePortsWeightsAndPriorities() throws Exception {
        server.zone(
                "_photos._tcp.test. 60 IN SRV 1 0 7002 standby.test.",
                "_photos._tcp.test. 60 IN SRV 0 3 7001 big.test.",
                "_photos._tcp.test. 60 IN SRV 0 1 7000 small.test.",
                "_photos._tcp.test. 60 IN SRV 0 1 7000 gone.test.",
                "big.test. 60 IN A 10.0.0.1",
                "small.test. 60 IN A 10.0.0.2",
                "standby.test. 60 IN A 10.0.0.3");
        start("srv:///_photos._tcp.test", settings());
        heard.await("10.0.0.1:7001 weight=3", "10.0.0.2:7000", "10.0.0.3:7002 priority=1");
    }

    @Test
    void aServiceThatIsDecidedlyNotThere() throws Exception {
        server.zone("_photos._tcp.test. 60 IN SRV 0 0 0 .");
        start("srv:///_photos._tcp.test", settings());
        assertThat(heard.failure()).contains("name no host with an address");
    }

    @Test
    void theTargetMayNameTheServerToAsk() throws Exception {
        server.zone("photos.test. 60 IN A 10.0.0.1");
        start("dns://" + server.address() + "/photos.test:7000", DefaultValues.of(DnsSettings.ALL));
        heard.await("10.0.0.1:7000");
    }

    @Test
    void severalServersAreAskedInTurns() throws Exception {
        try (LocalDnsServer silent = new LocalDnsServer()) {
            silent.trouble = -1;
            server.zone("photos.test. 60 IN A 10.0.0.1");
            start(
                    "dns:///photos.test:7000",
                    settings().with(DnsSettings.SERVERS, List.of(silent.address(), server.address())));
            heard.await("10.0.0.1:7000");
        }
    }

    @Test
    void theHostsFileIsReadToo() throws Exception {
        start("dns:///localhost:7000", DefaultValues.of(DnsSettings.ALL));
        heard.await("127.0.0.1:7000");
    }

    @Test
    void addressesNeedNoServer() throws Exception {
        start("dns:///10.1.2.3:7000", settings());
        heard.await("10.1.2.3:7000");
        assertThat(server.queries.get()).isZero();
    }

    @Test
    void badTargetsSayWhatIsWrong() {
        InstalledResolvers resolvers = InstalledResolvers.withDefaults();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolvers.check("dns:///photos"))
                .withMessageContaining("a DNS target is dns:///host:port");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolvers.check("dns:///a..b:1"))
                .withMessageContaining("'a..b' is not a DNS name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolvers.check("dns://10.0.0.1:x/a:1"))
                .withMessageContaining("DNS server");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolvers.register(resolvers.target("dns:///a:1"), ServerAddress.parse("a:1")))
                .withMessageContaining("cannot register themselves");
    }
}
