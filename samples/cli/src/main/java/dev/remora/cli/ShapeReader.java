package dev.remora.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the names of shapes as they are written, with a hyphen. */
final class ShapeReader implements ITypeConverter<SimCommand.Shape> {
    @Override
    public SimCommand.Shape convert(String text) {
        return Arrays.stream(SimCommand.Shape.values())
                .filter(shape -> shape.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("no shape '" + text + "'; known: "
                        + Arrays.stream(SimCommand.Shape.values())
                                .map(SimCommand.Shape::toString)
                                .collect(Collectors.joining(", "))));
    }
}
