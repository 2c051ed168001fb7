package dev.remora.cli.call;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks for misspelt fields and enum values in JSON before it is parsed: the parser names what it does not know, this says
 * where it stands and what was meant.
 */
final class FieldCheck {
    private static final String WELL_KNOWN = "google.protobuf.";
    private static final int MAX_LISTED = 12;

    private FieldCheck() {}

    /** @throws CallException at the first name that the message does not have */
    static void check(JsonElement json, Descriptor message) {
        check(json, message, "");
    }

    private static void check(JsonElement json, Descriptor message, String path) {
        // These have a form of their own, which the parser checks.
        if (message.getFullName().startsWith(WELL_KNOWN) || json.isJsonNull()) {
            return;
        }
        if (!json.isJsonObject()) {
            throw new CallException(
                    at(path) + "must be an object {...} of " + message.getFullName() + ", got " + shortened(json),
                    "see the fields: describe " + message.getFullName());
        }
        JsonObject object = json.getAsJsonObject();
        for (Map.Entry<String, JsonElement> each : object.entrySet()) {
            String name = each.getKey();
            if (!name.startsWith("[")) {
                FieldDescriptor field = field(message, name);
                if (field == null) {
                    throw unknown(message, name, path);
                }
                value(each.getValue(), field, path.isEmpty() ? name : path + "." + name);
            }
        }
    }

    private static void value(JsonElement json, FieldDescriptor field, String path) {
        if (field.isMapField() && json.isJsonObject()) {
            FieldDescriptor values = field.getMessageType().findFieldByName("value");
            json.getAsJsonObject()
                    .entrySet()
                    .forEach(each -> single(each.getValue(), values, path + "[" + each.getKey() + "]"));
        } else if (field.isRepeated() && !field.isMapField() && json.isJsonArray()) {
            int i = 0;
            for (JsonElement each : json.getAsJsonArray()) {
                single(each, field, path + "[" + i++ + "]");
            }
        } else if (!field.isRepeated()) {
            single(json, field, path);
        }
    }

    private static void single(JsonElement json, FieldDescriptor field, String path) {
        if (field.getJavaType() == JavaType.MESSAGE) {
            check(json, field.getMessageType(), path);
        } else if (field.getJavaType() == JavaType.ENUM
                && json.isJsonPrimitive()
                && json.getAsJsonPrimitive().isString()
                && !field.getEnumType().getFullName().startsWith(WELL_KNOWN)) {
            value(json.getAsString(), field.getEnumType(), path);
        }
    }

    private static void value(String name, EnumDescriptor type, String path) {
        if (type.findValueByName(name) == null && !isNumber(name)) {
            List<String> names =
                    type.getValues().stream().map(EnumValueDescriptor::getName).toList();
            throw new CallException(
                    at(path) + type.getName() + " has no value '" + name + "'" + Similar.hint(name, names),
                    "one of: " + listed(names));
        }
    }

    private static boolean isNumber(String text) {
        return text.matches("-?\\d+");
    }

    private static @Nullable FieldDescriptor field(Descriptor message, String name) {
        FieldDescriptor field = message.findFieldByName(name);
        if (field != null) {
            return field;
        }
        return message.getFields().stream()
                .filter(each -> each.getJsonName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static CallException unknown(Descriptor message, String name, String path) {
        List<String> known = new ArrayList<>();
        for (FieldDescriptor field : message.getFields()) {
            known.add(field.getName());
            known.add(field.getJsonName());
        }
        List<String> names =
                message.getFields().stream().map(FieldDescriptor::getName).toList();
        return new CallException(
                at(path) + message.getName() + " has no field '" + name + "'" + Similar.hint(name, known),
                names.isEmpty() ? "it has no fields: leave it empty" : "its fields: " + listed(names));
    }

    private static String listed(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(MAX_LISTED, names.size())))
                + (names.size() > MAX_LISTED ? ", ..." : "");
    }

    private static String at(String path) {
        return path.isEmpty() ? "" : path + ": ";
    }

    private static String shortened(JsonElement json) {
        String text = json.toString();
        return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }
}
