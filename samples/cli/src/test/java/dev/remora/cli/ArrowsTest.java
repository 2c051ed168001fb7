package dev.remora.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the modules, as ARCHITECTURE.md draws them. */
@AnalyzeClasses(packages = "dev.remora", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArrowsTest {
    @ArchTest
    static final ArchRule apiNeedsOnlyProtobufAndJspecify = noClasses()
            .that()
            .resideInAnyPackage("dev.remora.api..", "dev.remora.spi..", "dev.remora.options..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.remora.api..",
                    "dev.remora.spi..",
                    "dev.remora.options..",
                    "com.google.protobuf..",
                    "org.jspecify..",
                    "java..");

    @ArchTest
    static final ArchRule transportsDoNotKnowTheRuntime = noClasses()
            .that()
            .resideInAnyPackage("dev.remora.tcp..", "dev.remora.homa..", "dev.remora.dpdk..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.remora.runtime..");

    @ArchTest
    static final ArchRule theProtocolNeedsTheJdkAlone = classes()
            .that()
            .resideInAPackage("dev.remora.homa.protocol..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.remora.homa.protocol..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule dpdkNeedsTheJdkAlone = classes()
            .that()
            .resideInAPackage("dev.remora.dpdk..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.remora.dpdk..", "java..", "org.jspecify..");

    /** Links and peers do not know who drives them, nor the engine what transport is made of it. */
    @ArchTest
    static final ArchRule homaIsBuiltInLayers = noClasses()
            .that()
            .resideInAnyPackage("dev.remora.homa.link..", "dev.remora.homa.net..", "dev.remora.homa.host..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.remora.homa", "dev.remora.homa.engine..");

    /**
     * Time and randomness are arguments: what the simulator runs is what production runs. Atomics are allowed, for what the
     * endpoints of one address share; locks and whatever has threads are not.
     */
    @ArchTest
    static final ArchRule theProtocolHasNoClockAndNoThread = noClasses()
            .that()
            .resideInAPackage("dev.remora.homa.protocol..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.net..",
                    "java.nio.channels..",
                    "java.util.concurrent",
                    "java.util.concurrent.locks..",
                    "java.util.logging..");

    @ArchTest
    static final ArchRule runtimeDoesNotKnowATransportNorARegistry = noClasses()
            .that()
            .resideInAnyPackage("dev.remora.runtime..", "dev.remora.testing..", "dev.remora.tracing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.remora.tcp..",
                    "dev.remora.homa..",
                    "dev.remora.dpdk..",
                    "dev.remora.discovery..",
                    "io.netty..",
                    "org.apache..");

    /** Who the servers are, which one is called: neither knows where the settings come from, nor what carries the calls. */
    @ArchTest
    static final ArchRule resolvingAndBalancingStandBelowTheRest = noClasses()
            .that()
            .resideInAnyPackage("dev.remora.runtime.resolve..", "dev.remora.runtime.balance..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.remora.runtime",
                    "dev.remora.runtime.config..",
                    "dev.remora.runtime.metrics..",
                    "dev.remora.runtime.guice..",
                    "dev.remora.runtime.envelope..");

    @ArchTest
    static final ArchRule optionalModulesStayOptional = noClasses()
            .that()
            .resideInAnyPackage("dev.remora.api..", "dev.remora.spi..", "dev.remora.runtime..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.remora.testing..", "dev.remora.tracing..", "io.opentelemetry..", "org.junit..");

    @ArchTest
    static final ArchRule nobodyKnowsTheSamples = noClasses()
            .that()
            .resideOutsideOfPackages("dev.remora.samples..", "dev.remora.bench..", "dev.remora.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.remora.samples..", "dev.remora.bench..", "dev.remora.cli..");

    @ArchTest
    static final ArchRule guiceStaysAtTheCompositionRoot = noClasses()
            .that()
            .resideOutsideOfPackages("dev.remora.runtime.guice..", "dev.remora.samples..")
            .and(DescribedPredicate.not(moduleOrPartOfOne()))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.inject..", "jakarta.inject..");

    @ArchTest
    static final ArchRule nobodyUsesUnsafe =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("sun.misc..", "jdk.internal..");

    @ArchTest
    static final ArchRule librariesDoNotPrint = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.remora.api..",
                    "dev.remora.spi..",
                    "dev.remora.runtime..",
                    "dev.remora.testing..",
                    "dev.remora.tracing..",
                    "dev.remora.tcp..",
                    "dev.remora.homa..",
                    "dev.remora.dpdk..",
                    "dev.remora.discovery..")
            .should()
            .callMethod(Throwable.class, "printStackTrace")
            .orShould()
            .callMethod(System.class, "exit", int.class);

    private ArrowsTest() {}

    private static DescribedPredicate<JavaClass> moduleOrPartOfOne() {
        return DescribedPredicate.describe("a Guice module", type -> {
            JavaClass outer = type;
            while (outer.getEnclosingClass().isPresent()) {
                outer = outer.getEnclosingClass().get();
            }
            return outer.getSimpleName().endsWith("Module");
        });
    }
}
