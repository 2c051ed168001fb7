package dev.remora.cli.call;

import dev.remora.runtime.reflection.v1.Method;
import dev.remora.runtime.reflection.v1.Service;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/**
 * Answers {@code list}: one line per method, which begins with the name to call it by, so that it can be copied and
 * searched.
 */
final class MethodList {
    private MethodList() {}

    static void print(List<Service> services, PrintWriter out, Ansi ansi) {
        boolean first = true;
        for (Service service : services) {
            if (!first) {
                out.println();
            }
            first = false;
            int width = service.getMethodsList().stream()
                    .mapToInt(method -> method.getName().length())
                    .max()
                    .orElse(0);
            for (Method method : service.getMethodsList()) {
                String name = ansi.string("@|faint " + service.getName() + "/|@@|bold " + method.getName() + "|@");
                out.println(name + " ".repeat(width - method.getName().length() + 2) + signature(service, method));
            }
            if (service.getMethodsCount() == 0) {
                out.println(service.getName() + "  (no methods)");
            }
        }
    }

    private static String signature(Service service, Method method) {
        return "(" + type(service, method.getRequestType(), method.getClientStreaming()) + ") returns ("
                + type(service, method.getResponseType(), method.getServerStreaming()) + ")";
    }

    private static String type(Service service, String name, boolean stream) {
        int dot = service.getName().lastIndexOf('.');
        String scope = dot < 0 ? "" : service.getName().substring(0, dot + 1);
        String shortened = name.startsWith(scope) ? name.substring(scope.length()) : name;
        return (stream ? "stream " : "") + (shortened.isEmpty() ? "?" : shortened);
    }
}
