package dev.remora.testing;

import dev.remora.api.Channel;
import dev.remora.api.stub.AbstractStub;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Optional;

/** Makes stubs of a generated class by its own factory, such as {@code HelloRpc.blockingStub(channel)}. */
final class GeneratedStub {
    private GeneratedStub() {}

    static boolean isOne(Class<?> type) {
        return AbstractStub.class.isAssignableFrom(type) && factory(type).isPresent();
    }

    static Object of(Class<?> type, Channel channel) {
        Method factory =
                factory(type).orElseThrow(() -> new IllegalArgumentException(type.getName() + " is no generated stub"));
        try {
            return factory.invoke(null, channel);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException("cannot make a " + type.getName() + ": is its package exported?", e);
        }
    }

    private static Optional<Method> factory(Class<?> type) {
        Class<?> owner = type.getEnclosingClass();
        return owner == null
                ? Optional.empty()
                : Arrays.stream(owner.getMethods())
                        .filter(method -> Modifier.isStatic(method.getModifiers())
                                && method.getReturnType() == type
                                && Arrays.equals(method.getParameterTypes(), new Class<?>[] {Channel.class}))
                        .findFirst();
    }
}
