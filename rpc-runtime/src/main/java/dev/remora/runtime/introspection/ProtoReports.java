package dev.remora.runtime.introspection;

import dev.remora.runtime.introspection.v1.Call;
import dev.remora.runtime.introspection.v1.CallSide;
import dev.remora.runtime.introspection.v1.SlowCall;
import dev.remora.runtime.metrics.Side;

/** Reports as messages. */
final class ProtoReports {
    private static final long NS_PER_US = 1000;

    private ProtoReports() {}

    static Call call(CallReport report) {
        Call.Builder call = Call.newBuilder()
                .setSide(side(report.side()))
                .setMethod(report.method())
                .setPeer(report.peer())
                .setStartedAtMs(report.startedAtMs())
                .setDurationUs(report.durationNs() / NS_PER_US)
                .setTimeoutUs(report.timeoutNs() / NS_PER_US)
                .setExplanation(report.explanation());
        report.phases().forEach(time -> call.addPhases(phase(time)));
        if (report.status() != null) {
            call.setStatus(report.status().name());
        }
        if (report.server() != null) {
            call.setServer(report.server().toProto());
        }
        return call.build();
    }

    /** The detail of DEADLINE_EXCEEDED. */
    static SlowCall slowCall(CallReport report) {
        SlowCall.Builder call =
                SlowCall.newBuilder().setSide(side(report.side())).setPeer(report.peer());
        report.phases().forEach(time -> call.addPhases(phase(time)));
        return call.build();
    }

    private static CallSide side(Side side) {
        return side == Side.CLIENT ? CallSide.CLIENT : CallSide.SERVER;
    }

    private static dev.remora.runtime.introspection.v1.PhaseTime phase(PhaseTime time) {
        return dev.remora.runtime.introspection.v1.PhaseTime.newBuilder()
                .setPhase(time.phase().word())
                .setDurationUs(time.ns() / NS_PER_US)
                .build();
    }
}
