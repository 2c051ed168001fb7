package dev.remora.bench.process;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a {@link Placement} as options write it. */
public final class PlacementReader implements ITypeConverter<Placement> {
    @Override
    public Placement convert(String text) {
        List<String> allowed =
                Arrays.stream(Placement.values()).map(Placement::toString).toList();
        int at = allowed.indexOf(text);
        if (at < 0) {
            throw new TypeConversionException("'" + text + "' is not one of " + String.join(", ", allowed));
        }
        return Placement.values()[at];
    }
}
