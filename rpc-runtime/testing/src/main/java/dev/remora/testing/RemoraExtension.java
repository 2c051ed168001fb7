package dev.remora.testing;

import dev.remora.api.BindableService;
import dev.remora.api.Channel;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.ServerInterceptor;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.testing.fault.FaultRule;
import dev.remora.testing.fault.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts services for tests, over the in-process transport unless another is chosen, and checks what they leave behind.
 *
 * <pre>{@code
 * @RegisterExtension
 * final RemoraExtension remora = RemoraExtension.serving(new HelloService()).build();
 *
 * @Test
 * void greets(HelloRpc.BlockingStub hello) {
 *     assertThat(hello.greet(request).getText()).isEqualTo("Hello, Ada");
 * }
 * }</pre>
 *
 * Registered in an instance field, server and channel are new for each test; in a static field they are shared by the
 * tests of the class, which must then not run at the same time. Parameters of tests and life-cycle methods may be a
 * {@link Channel}, {@link RemoraServer}, {@link Faults}, or any generated stub. Client and server have a transport each, as
 * two processes would.
 *
 * <p>After each test no call may be in progress on either side (there is some patience, as a server may still be busy
 * with a call that its client gave up), and in the end every message buffer must have been released: else the test fails,
 * and says which buffers were allocated where.
 */
public final class RemoraExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final Builder builder;
    private final Faults faults;
    private @Nullable RunningServices running;
    private boolean shared;

    private RemoraExtension(Builder builder) {
        this.builder = builder;
        this.faults = Faults.of(builder.seed, builder.rules);
    }

    /** An extension that serves these. */
    public static Builder serving(BindableService... services) {
        Builder builder = new Builder();
        for (BindableService service : services) {
            builder.service(service);
        }
        return builder;
    }

    /** The channel to the services. */
    public RemoraChannel channel() {
        return running().channel();
    }

    /** The server. */
    public RemoraServer server() {
        return running().server();
    }

    /** Where the server listens. */
    public Endpoint address() {
        return running().server().localAddress();
    }

    /** The client's transport, for calls past the channel; its buffers are watched like all others. */
    public Transport clientTransport() {
        return running().clientTransport();
    }

    /** A stub of any kind, such as {@code remora.stub(HelloRpc::futureStub)}. */
    public <S> S stub(Function<Channel, S> factory) {
        return factory.apply(channel());
    }

    /** The faults that calls meet; rules that a test adds are gone after it. */
    public Faults faults() {
        return faults;
    }

    private RunningServices running() {
        RunningServices started = running;
        if (started == null) {
            throw new IllegalStateException(
                    "the services run only during tests: register the extension by @RegisterExtension in a field that"
                            + " is not private");
        }
        return started;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        shared = true;
        running = RunningServices.start(builder, faults);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (running == null) {
            running = RunningServices.start(builder, faults);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        faults.set(builder.rules);
        if (shared) {
            running().checkCalls(builder.patience);
        } else {
            stop();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        stop();
    }

    /** Nothing runs if the start failed, which JUnit has told. */
    private void stop() {
        RunningServices stopped = running;
        running = null;
        if (stopped != null) {
            stopped.stop(builder.patience);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Channel.class
                || type == RemoraChannel.class
                || type == RemoraServer.class
                || type == Faults.class
                || GeneratedStub.isOne(type);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == RemoraServer.class) {
            return server();
        }
        if (type == Faults.class) {
            return faults;
        }
        return type.isAssignableFrom(RemoraChannel.class) ? channel() : GeneratedStub.of(type, channel());
    }

    /** Collects what shall run; not for use by several threads. */
    public static final class Builder {
        final List<BindableService> services = new ArrayList<>();
        final List<ServerInterceptor> serverInterceptors = new ArrayList<>();
        final List<ClientInterceptor> clientInterceptors = new ArrayList<>();
        final List<FaultRule> rules = new ArrayList<>();
        Supplier<? extends Transport> transport = InProcessTransport::create;
        Endpoint address = new Endpoint("127.0.0.1", 0);
        SettingValues serverSettings = DefaultValues.of(ServerSettings.ALL);
        SettingValues clientSettings = DefaultValues.of(ClientSettings.withTarget());
        Duration patience = Duration.ofSeconds(5);
        long seed = 1;

        private Builder() {}

        /** One service more. */
        public Builder service(BindableService service) {
            services.add(service);
            return this;
        }

        /** Another transport than the in-process one; asked for one for the server and one for the client. */
        public Builder transport(Supplier<? extends Transport> factory) {
            transport = factory;
            return this;
        }

        /** Where to listen, for transports that cannot listen at 127.0.0.1:0. */
        public Builder address(Endpoint newAddress) {
            address = newAddress;
            return this;
        }

        /** The first one added sees a call first. */
        public Builder serverInterceptor(ServerInterceptor interceptor) {
            serverInterceptors.add(interceptor);
            return this;
        }

        /** The first one added sees a call first. */
        public Builder clientInterceptor(ClientInterceptor interceptor) {
            clientInterceptors.add(interceptor);
            return this;
        }

        /** Values of {@link ServerSettings}; the defaults otherwise. */
        public Builder serverSettings(SettingValues settings) {
            serverSettings = settings;
            return this;
        }

        /** Values of {@link ClientSettings}; the defaults otherwise. */
        public Builder clientSettings(SettingValues settings) {
            clientSettings = settings;
            return this;
        }

        /** A fault that calls of every test meet. */
        public Builder fault(FaultRule rule) {
            rules.add(rule);
            return this;
        }

        /** Which calls a fault with a percentage meets. */
        public Builder seed(long newSeed) {
            seed = newSeed;
            return this;
        }

        /** How long calls may go on after a test before they count as left behind; 5 s otherwise. */
        public Builder patience(Duration time) {
            patience = time;
            return this;
        }

        /** The extension, which starts nothing before the tests do. */
        public RemoraExtension build() {
            if (services.isEmpty()) {
                throw new IllegalArgumentException("there is nothing to test: call service(...)");
            }
            return new RemoraExtension(this);
        }
    }
}
