package dev.remora.homa.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Handles of fields that several threads compare and set; for {@code static final} variables, which cost nothing then. */
final class Fields {
    private Fields() {}

    /** @param owner {@code MethodHandles.lookup()} of the class whose field it is */
    static VarHandle handle(MethodHandles.Lookup owner, String name, Class<?> type) {
        try {
            return owner.findVarHandle(owner.lookupClass(), name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
