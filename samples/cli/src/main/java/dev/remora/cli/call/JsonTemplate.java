package dev.remora.cli.call;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

/** A message of a type with every field in it, for a user to fill in. */
final class JsonTemplate {
    /** Messages inside of messages; deeper ones are left empty. */
    private static final int MAX_DEPTH = 4;

    private JsonTemplate() {}

    static JsonElement of(Descriptor message) {
        return message(message, 0);
    }

    private static JsonElement message(Descriptor message, int depth) {
        switch (message.getFullName()) {
            case "google.protobuf.Timestamp" -> {
                return new JsonPrimitive("2026-01-31T12:00:00Z");
            }
            case "google.protobuf.Duration" -> {
                return new JsonPrimitive("1.5s");
            }
            case "google.protobuf.FieldMask" -> {
                return new JsonPrimitive("");
            }
            case "google.protobuf.ListValue" -> {
                return new JsonArray();
            }
            case "google.protobuf.Value" -> {
                return JsonNull.INSTANCE;
            }
            case "google.protobuf.Struct" -> {
                return new JsonObject();
            }
            case "google.protobuf.Any" -> {
                JsonObject any = new JsonObject();
                any.addProperty("@type", "type.googleapis.com/");
                return any;
            }
            default -> {
                if (message.getFullName().startsWith("google.protobuf.")
                        && message.getName().endsWith("Value")) {
                    return single(message.findFieldByName("value"), depth);
                }
            }
        }
        JsonObject json = new JsonObject();
        if (depth < MAX_DEPTH) {
            for (FieldDescriptor field : message.getFields()) {
                // Of a oneof only one may be set.
                if (field.getRealContainingOneof() == null
                        || field.getRealContainingOneof().getField(0).equals(field)) {
                    json.add(field.getJsonName(), field(field, depth));
                }
            }
        }
        return json;
    }

    private static JsonElement field(FieldDescriptor field, int depth) {
        if (field.isMapField()) {
            JsonObject map = new JsonObject();
            map.add(
                    field.getMessageType().findFieldByName("key").getJavaType().equals(FieldDescriptor.JavaType.STRING)
                            ? "key"
                            : "0",
                    single(field.getMessageType().findFieldByName("value"), depth));
            return map;
        }
        if (field.isRepeated()) {
            JsonArray array = new JsonArray();
            array.add(single(field, depth));
            return array;
        }
        return single(field, depth);
    }

    private static JsonElement single(FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case INT, LONG, FLOAT, DOUBLE -> new JsonPrimitive(0);
            case BOOLEAN -> new JsonPrimitive(false);
            case STRING, BYTE_STRING -> new JsonPrimitive("");
            case ENUM -> new JsonPrimitive(field.getEnumType().getValue(0).getName());
            case MESSAGE -> message(field.getMessageType(), depth + 1);
        };
    }
}
