package dev.remora.runtime.introspection;

import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.runtime.introspection.v1.Call;
import dev.remora.runtime.introspection.v1.CallSide;
import dev.remora.runtime.introspection.v1.IntrospectionRpc;
import dev.remora.runtime.introspection.v1.ListCallsRequest;
import dev.remora.runtime.introspection.v1.ListCallsResponse;
import dev.remora.runtime.introspection.v1.ListSlowCallsRequest;
import dev.remora.runtime.introspection.v1.ListSlowCallsResponse;
import dev.remora.runtime.metrics.Side;
import java.util.List;
import java.util.function.Predicate;

/**
 * Tells over the network what the calls of this process are doing. It names peers and methods, so serve it only where
 * whoever can reach the server may know them.
 */
public final class IntrospectionService extends IntrospectionRpc.ServiceBase {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;
    private static final long NS_PER_US = 1000;

    private final LiveCalls calls;

    /** @param calls of all channels and servers of the process */
    public IntrospectionService(LiveCalls calls) {
        this.calls = calls;
    }

    @Override
    public ListCallsResponse listCalls(ListCallsRequest request) {
        int limit = limit(request.getLimit());
        if (request.getMinAgeUs() < 0) {
            throw new RpcException(
                    StatusCode.INVALID_ARGUMENT, "min_age_us must be 0 or more, got " + request.getMinAgeUs());
        }
        long minAgeUs = request.getMinAgeUs();
        List<CallReport> found = calls.inProgress(wanted(request.getSide(), request.getMethodPrefix())
                .and(call -> call.durationNs() / NS_PER_US >= minAgeUs));
        return ListCallsResponse.newBuilder()
                .addAllCalls(first(found, limit))
                .setTotal(found.size())
                .setUnlisted(calls.unlisted())
                .build();
    }

    @Override
    public ListSlowCallsResponse listSlowCalls(ListSlowCallsRequest request) {
        int limit = limit(request.getLimit());
        return ListSlowCallsResponse.newBuilder()
                .addAllCalls(first(calls.slowest(wanted(request.getSide(), request.getMethodPrefix())), limit))
                .build();
    }

    private static Predicate<CallReport> wanted(CallSide side, String prefix) {
        if (side == CallSide.UNRECOGNIZED) {
            throw new RpcException(StatusCode.INVALID_ARGUMENT, "side must be CLIENT, SERVER or left out");
        }
        return call -> call.method().startsWith(prefix)
                && (side == CallSide.CALL_SIDE_UNSPECIFIED || (side == CallSide.CLIENT) == (call.side() == Side.CLIENT))
                // Who looks is not what they look for.
                && !(call.side() == Side.SERVER && call.method().startsWith(IntrospectionRpc.SERVICE_NAME + "/"));
    }

    private static List<Call> first(List<CallReport> found, int limit) {
        return found.stream().limit(limit).map(ProtoReports::call).toList();
    }

    private static int limit(int asked) {
        if (asked < 0 || asked > MAX_LIMIT) {
            throw new RpcException(StatusCode.INVALID_ARGUMENT, "limit must be 0 to " + MAX_LIMIT + ", got " + asked);
        }
        return asked == 0 ? DEFAULT_LIMIT : asked;
    }
}
