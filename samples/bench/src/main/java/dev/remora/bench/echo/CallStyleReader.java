package dev.remora.bench.echo;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a {@link CallStyle} as options write it. */
final class CallStyleReader implements ITypeConverter<CallStyle> {
    @Override
    public CallStyle convert(String text) {
        List<String> allowed =
                Arrays.stream(CallStyle.values()).map(CallStyle::toString).toList();
        int at = allowed.indexOf(text);
        if (at < 0) {
            throw new TypeConversionException("'" + text + "' is not one of " + String.join(", ", allowed));
        }
        return CallStyle.values()[at];
    }
}
