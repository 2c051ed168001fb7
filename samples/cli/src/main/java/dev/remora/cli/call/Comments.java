package dev.remora.cli.call;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;

/** The comment above a declaration; empty where there is none, as in descriptors of generated code. */
final class Comments {
    private Comments() {}

    static String of(ServiceDescriptor service) {
        return at(service.getFile(), path(service));
    }

    static String of(MethodDescriptor method) {
        return at(
                method.getFile(),
                plus(path(method.getService()), ServiceDescriptorProto.METHOD_FIELD_NUMBER, method.getIndex()));
    }

    static String of(Descriptor message) {
        return at(message.getFile(), path(message));
    }

    static String of(FieldDescriptor field) {
        return at(
                field.getFile(),
                plus(path(field.getContainingType()), DescriptorProto.FIELD_FIELD_NUMBER, field.getIndex()));
    }

    static String of(EnumDescriptor type) {
        return at(type.getFile(), path(type));
    }

    static String of(EnumValueDescriptor value) {
        return at(
                value.getFile(), plus(path(value.getType()), EnumDescriptorProto.VALUE_FIELD_NUMBER, value.getIndex()));
    }

    private static List<Integer> path(ServiceDescriptor service) {
        return List.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, service.getIndex());
    }

    private static List<Integer> path(Descriptor message) {
        Descriptor outer = message.getContainingType();
        return outer == null
                ? List.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, message.getIndex())
                : plus(path(outer), DescriptorProto.NESTED_TYPE_FIELD_NUMBER, message.getIndex());
    }

    private static List<Integer> path(EnumDescriptor type) {
        Descriptor outer = type.getContainingType();
        return outer == null
                ? List.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, type.getIndex())
                : plus(path(outer), DescriptorProto.ENUM_TYPE_FIELD_NUMBER, type.getIndex());
    }

    private static List<Integer> plus(List<Integer> path, int field, int index) {
        List<Integer> longer = new ArrayList<>(path);
        longer.add(field);
        longer.add(index);
        return longer;
    }

    private static String at(FileDescriptor file, List<Integer> path) {
        for (Location location : file.toProto().getSourceCodeInfo().getLocationList()) {
            if (location.getPathList().equals(path)) {
                return location.getLeadingComments().strip();
            }
        }
        return "";
    }
}
