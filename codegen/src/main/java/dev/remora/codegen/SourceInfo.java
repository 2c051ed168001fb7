package dev.remora.codegen;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the parts of a .proto file stand in it, and the comments beside them. */
final class SourceInfo {
    private final String fileName;
    private final Map<List<Integer>, Location> locations = new HashMap<>();

    SourceInfo(FileDescriptorProto file) {
        fileName = file.getName();
        for (Location location : file.getSourceCodeInfo().getLocationList()) {
            locations.putIfAbsent(location.getPathList(), location);
        }
    }

    /** The comment above a part or, if there is none, the one behind it; as in the file, empty if there is none. */
    String comment(List<Integer> path) {
        Location location = locations.get(path);
        if (location == null) {
            return "";
        }
        return location.getLeadingComments().isBlank() ? location.getTrailingComments() : location.getLeadingComments();
    }

    /** An error that names the place. */
    ProtoException error(List<Integer> path, String message) {
        Location location = locations.get(path);
        String line = location == null || location.getSpanCount() == 0 ? "" : ":" + (location.getSpan(0) + 1);
        return new ProtoException(fileName + line + ": " + message);
    }
}
